import { freePort } from "./free_port.ts";
import { ServerProcess } from "./server_process.ts";

/** What a {@link Prometheus} scrapes. */
export interface PrometheusOptions {
  /** The YAML items below `scrape_configs:`, each line as it stands there without indentation. */
  readonly scrapeConfigs: string;
  /** YAML for the top level beside `scrape_configs`, e.g. `rule_files`. @default {""} */
  readonly more?: string;
  /** @default {1} */
  readonly scrapeIntervalSeconds?: number;
  /** For `--enable-feature`. @default {[]} */
  readonly features?: readonly string[];
}

/** One series of a query's result. */
export interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** Of an instant vector: seconds since the epoch, and the value as text. */
  readonly value?: readonly [number, string];
  /** Of a range: one such pair a step. */
  readonly values?: readonly (readonly [number, string])[];
}

/** A Prometheus of one test, on a port of 127.0.0.1, with its data in a temporary folder. */
export class Prometheus implements AsyncDisposable {
  readonly url: string;
  readonly #folder: string;
  readonly #process: ServerProcess;

  private constructor(url: string, folder: string, process: ServerProcess) {
    this.url = url;
    this.#folder = folder;
    this.#process = process;
  }

  /** Starts a Prometheus; its first scrape comes about 5 s later. */
  static async start(options: PrometheusOptions): Promise<Prometheus> {
    const folder = await Deno.makeTempDir({ prefix: "muster-prometheus-" });
    const address = `127.0.0.1:${freePort()}`;
    const interval = options.scrapeIntervalSeconds ?? 1;
    const config = [
      "global:",
      `  scrape_interval: ${interval}s`,
      `  scrape_timeout: ${interval}s`,
      `  evaluation_interval: ${interval}s`,
      options.more ?? "",
      "scrape_configs:",
      options.scrapeConfigs,
    ];
    const path = `${folder}/prometheus.yml`;
    await Deno.writeTextFile(path, config.join("\n") + "\n");
    try {
      const process = await ServerProcess.start({
        binary: "prometheus",
        args: [
          `--config.file=${path}`,
          `--storage.tsdb.path=${folder}/data`,
          `--web.listen-address=${address}`,
          "--log.level=warn",
          ...(options.features ?? []).map((feature) => `--enable-feature=${feature}`),
        ],
        ready: () => isReady(`http://${address}/-/ready`),
      });
      return new Prometheus(`http://${address}`, folder, process);
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  /** What the server printed, for failure messages. */
  get log(): string {
    return this.#process.log;
  }

  /** The series of `expr` now, or at `atSeconds` since the epoch. Throws on a PromQL error. */
  async query(expr: string, atSeconds?: number): Promise<readonly PrometheusSeries[]> {
    const parameters: Record<string, string> = { query: expr };
    if (atSeconds !== undefined) parameters.time = String(atSeconds);
    return await this.#ask("/api/v1/query", parameters);
  }

  /** The series of `expr` over a range; all times in seconds (since the epoch). */
  async queryRange(
    expr: string,
    startSeconds: number,
    endSeconds: number,
    stepSeconds: number,
  ): Promise<readonly PrometheusSeries[]> {
    return await this.#ask("/api/v1/query_range", {
      query: expr,
      start: String(startSeconds),
      end: String(endSeconds),
      step: String(stepSeconds),
    });
  }

  /** The value of the only series of `expr`, or null if there is none. Throws if there are more. */
  async value(expr: string): Promise<number | null> {
    const series = await this.query(expr);
    if (series.length > 1) {
      throw new Error(`Cannot take one value of ${expr}: it has ${series.length} series.`);
    }
    return series.length === 0 ? null : Number(series[0]!.value![1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #ask(path: string, parameters: Record<string, string>): Promise<PrometheusSeries[]> {
    const body = new URLSearchParams(parameters);
    const response = await fetch(this.url + path, { method: "POST", body });
    const answer = await response.json();
    if (answer.status !== "success") {
      throw new Error(`Cannot query Prometheus for ${parameters.query}: ${answer.error}`);
    }
    const { resultType, result } = answer.data;
    return resultType === "scalar" ? [{ metric: {}, value: result }] : result;
  }
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.ok;
}

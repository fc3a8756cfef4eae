import type { HttpClient } from "../../src/io/http_client.ts";
import type { LogSink } from "../../src/io/log.ts";
import { Registry } from "../../src/metrics/registry.ts";
import type { Source } from "../../src/sources/source.ts";
import type { SourceOptions } from "../../src/sources/source_options.ts";
import { Sources, type SourcesOptions } from "../../src/sources/sources.ts";
import { FakeClock } from "../fake_clock.ts";
import { shownSeries } from "./shown_series.ts";

/** For tests in which nothing may be fetched. */
export const NO_HTTP: HttpClient = {
  request: () => Promise.resolve({ kind: "failed", reason: "this test has no network" }),
  close() {},
};

/** A node's sources on a clock that the test moves. */
export class SourcesBench {
  readonly clock: FakeClock = new FakeClock();
  readonly registry: Registry = new Registry();
  readonly logged: string[] = [];
  readonly sources: Sources;

  constructor(
    limits: {
      readonly cellsMax?: number;
      readonly http?: HttpClient;
      readonly isPolling?: boolean;
      readonly rules?: SourcesOptions["rules"];
    } = {},
  ) {
    const log: LogSink = { log: (level, message) => this.logged.push(`${level}: ${message}`) };
    this.sources = new Sources({
      registry: this.registry,
      clock: this.clock,
      http: limits.http ?? NO_HTTP,
      log,
      seriesPerFamilyMax: 10_000,
      cellsMax: limits.cellsMax ?? 2_000_000,
      isPolling: limits.isPolling ?? true,
      ...(limits.rules === undefined ? {} : { rules: limits.rules }),
    });
  }

  /** Adds a source whose text the test sets. */
  add(text: string, options: Partial<SourceOptions> = {}): TextSource {
    return new TextSource(this, text, options);
  }

  /** What the node shows of its sources. */
  get shown(): Record<string, number | number[]> {
    return shownSeries(this.registry.shard);
  }

  /** A metric of Muster's own about a source. */
  own(name: string, source: string): number | undefined {
    const { layout, live } = this.registry.shard;
    for (let series = 0; series < layout.seriesCount; series++) {
      if (layout.families[layout.familyOf(series)]!.name !== name) continue;
      if (layout.labelValuesOf(series)[0] === source) return live.get(layout.firstCellOf(series));
    }
    return undefined;
  }
}

/** A source that says what the test wants. */
export class TextSource {
  readonly source: Source;
  readonly #text: { value: string | Error };
  readonly #bench: SourcesBench;

  constructor(bench: SourcesBench, text: string, options: Partial<SourceOptions>) {
    this.#bench = bench;
    this.#text = { value: text };
    const registry = {
      metrics: () => {
        if (this.#text.value instanceof Error) throw this.#text.value;
        return this.#text.value;
      },
      ...(options.registry?.contentType === undefined
        ? {}
        : { contentType: options.registry.contentType }),
    };
    this.source = bench.sources.add({ name: "app", ...options, registry });
  }

  /** Polls once, while the source says this. Returns what the node shows then. */
  async says(text: string | Error): Promise<Record<string, number | number[]>> {
    this.#text.value = text;
    return await this.poll();
  }

  /** Polls once. */
  async poll(): Promise<Record<string, number | number[]>> {
    await this.#bench.clock.advance(0);
    await this.source.poll();
    return this.#bench.shown;
  }
}

import { composeApp } from "./app_composition.ts";
import { parseConfig } from "./config.ts";
import type { OpsBindings } from "./http/ops_env.ts";
import { serve } from "./http/server.ts";
import { systemClock } from "./io/clock.ts";
import { errorText } from "./io/error_text.ts";
import { environmentNames, readEnvironment, readTextFile } from "./io/environment.ts";
import { systemFiles } from "./io/files.ts";
import { createFetchClient } from "./io/http_fetch.ts";
import { logTapeSink, startLogTape } from "./io/log_logtape.ts";
import { type ProcessFacts, readProcessFacts } from "./io/process_facts.ts";
import { systemRandom } from "./io/random.ts";
import { Runtime } from "./runtime.ts";
import { VERSION } from "./version.ts";

const EXIT_BAD_CONFIG = 2;
const SIGNAL_ECHO_MS = 1_000;

// A request that never ends must not keep the process.
if (import.meta.main) Deno.exit(await main(Deno.args));

/** Answers what comes to the application's port, such as a Hono app. */
export interface App {
  fetch(request: Request, bindings: OpsBindings): Response | Promise<Response>;
}

/** Makes what the application's port serves, once the node runs. */
export type AppFactory = (runtime: Runtime) => App;

/** Runs a node, and the app on its own port, until SIGTERM or SIGINT. Returns the exit code. */
export async function main(
  args: readonly string[],
  appOf: AppFactory = composeApp,
): Promise<number> {
  const facts = readProcessFacts(systemRandom);
  const outcome = parseConfig({
    env: readEnvironment,
    args,
    envNames: environmentNames(),
    readFile: readTextFile,
    hostname: facts.hostname,
  });
  switch (outcome.kind) {
    case "help":
      write(Deno.stdout, outcome.text);
      return 0;
    case "version":
      write(Deno.stdout, `muster ${VERSION}\n`);
      return 0;
    case "problems":
      write(Deno.stderr, outcome.problems.map((problem) => `${problem}\n`).join(""));
      write(Deno.stderr, "Nothing was started. --help lists every option.\n");
      return EXIT_BAD_CONFIG;
    case "config":
      return await run(outcome.config, outcome.warnings, facts, appOf);
  }
}

async function run(
  config: Parameters<typeof Runtime.start>[0],
  warnings: readonly string[],
  facts: ProcessFacts,
  appOf: AppFactory,
): Promise<number> {
  const stopLog = startLogTape({ level: config.logLevel, format: config.logFormat });
  const log = logTapeSink();
  for (const warning of warnings) log.log("warning", warning);
  const terminated = nextSignal(["SIGTERM", "SIGINT"]);
  const { metricsListenHost: host } = config;
  const http = createFetchClient({
    clock: systemClock,
    ...(host === "0.0.0.0" || host === "::" ? {} : { localAddress: host }),
  });
  try {
    let app: App | null = null;
    await using appServer = serve({
      host: config.appListenHost,
      port: config.appPort,
      handler: (request, remoteIp) =>
        app?.fetch(request, { remoteIp }) ?? new Response("Starting.\n", { status: 503 }),
      onError: (error) =>
        log.log("error", "A request to the app failed.", { error: errorText(error) }),
    });
    const platform = {
      clock: systemClock,
      random: systemRandom,
      http,
      log,
      facts,
      files: systemFiles,
    };
    await using runtime = await Runtime.start(config, platform);
    app = appOf(runtime);
    announce(runtime, appServer.port, log);
    log.log("info", `Stopping on ${await terminated}.`);
    // The app ends first: what its last answers count belongs to the last shard.
    await appServer[Symbol.asyncDispose]();
    const { confirmed, asked } = await runtime.stop();
    log.log("info", `Said goodbye: ${confirmed} of ${asked} peers hold the last shard.`);
    return 0;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.log("error", `Cannot start: ${reason}`, {
      host,
      metricsPort: config.metricsPort,
      appPort: config.appPort,
    });
    return 1;
  } finally {
    stopLog();
  }
}

function announce(
  runtime: Runtime,
  appPort: number,
  log: ReturnType<typeof logTapeSink>,
): void {
  const { config, opsAddress: { host, port } } = runtime;
  const shown = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  const base = `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
  log.log("info", `Muster ${VERSION} is "${config.nodeName}" of cluster "${config.clusterName}".`, {
    ...(config.metricsEnabled ? { metrics: `${base}${config.metricsPath}` } : {}),
    topology: `${base}/cluster/topology`,
    events: `${base}/cluster/events`,
    appPort,
  });
}

/**
 * Resolves with the first of the signals that comes. One that comes again later ends the process at
 * once; a terminal and a task runner may both deliver the same one, so an echo counts for nothing.
 */
function nextSignal(signals: readonly Deno.Signal[]): Promise<Deno.Signal> {
  return new Promise((resolve) => {
    let firstMs: number | null = null;
    for (const signal of signals) {
      Deno.addSignalListener(signal, () => {
        const nowMs = systemClock.nowMs();
        if (firstMs !== null && nowMs - firstMs > SIGNAL_ECHO_MS) Deno.exit(1);
        firstMs ??= nowMs;
        resolve(signal);
      });
    }
  });
}

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
}

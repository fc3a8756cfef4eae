import type { Cache } from "./cache/cache.ts";
import type { CacheOptions } from "./cache/cache_options.ts";
import type { Topology } from "./cluster/topology.ts";
import { parseConfig } from "./config.ts";
import { systemClock } from "./io/clock.ts";
import { environmentNames, readEnvironment, readTextFile } from "./io/environment.ts";
import { systemFiles } from "./io/files.ts";
import { createFetchClient } from "./io/http_fetch.ts";
import type { LogSink } from "./io/log.ts";
import { logTapeSink } from "./io/log_logtape.ts";
import { readProcessFacts } from "./io/process_facts.ts";
import { systemRandom } from "./io/random.ts";
import type { Registry } from "./metrics/registry.ts";
import type { ApplicationFacts } from "./plugins/application.ts";
import type { Plugin, PluginOptions } from "./plugins/plugin.ts";
import type { Limiter, SharedLimiter } from "./rate_limit/limiter.ts";
import type { NodeLimiterOptions, SharedLimiterOptions } from "./rate_limit/limiter_options.ts";
import { Runtime } from "./runtime.ts";
import type { Source } from "./sources/source.ts";
import type { SourceOptions } from "./sources/source_options.ts";
import type { Bus } from "./telemetry/bus.ts";

/** How a process joins the cluster. */
export interface MusterOptions {
  /**
   * Settings by the names that `deno task start --help` lists, such as `{ METRICS_PORT: "4021" }`.
   * They come before the environment, which gives the rest. Default: none.
   */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Where sentences for an operator go. Default: LogTape, category `muster`, which prints nothing unless
   * the program configures it.
   */
  readonly log?: LogSink;
  /**
   * What the plugin `application` tells: name, version, dependencies (the `imports` of `deno.json` will
   * do), and which features are on. Default: Muster itself.
   */
  readonly application?: ApplicationFacts;
}

/** This process as a node of the cluster. */
export interface Muster extends AsyncDisposable {
  /** Where metrics are registered; what is counted there is in every node's `/metrics`. */
  readonly registry: Registry;
  /** Where events are emitted and heard, those of the cluster among them. */
  readonly bus: Bus;
  /** Where `/metrics` and the rest of the ops port are. */
  readonly opsAddress: { readonly host: string; readonly port: number };
  /** The cluster as this node sees it now. */
  topology(): Topology;
  /**
   * Measures what a plugin defines, besides those that `MUSTER_PLUGINS` chooses. `options` come before
   * the plugin's own and the settings.
   *
   * @throws {TypeError} if a plugin of the name is there, an option names what the plugin does not have,
   * or a metric's name is taken.
   */
  addPlugin(plugin: Plugin, options?: Partial<PluginOptions>): void;
  /**
   * Takes events of the plugins from other processes, behind the same authentication as the ops port.
   * In an app of one's own: `app.post("/telemetry/events", (context) => muster.takeEvents(context.req.raw))`.
   * Answers 503 once the runtime stops.
   *
   * @throws {TypeError} (rejects) if the request's body was read before.
   */
  takeEvents(request: Request): Promise<Response>;
  /**
   * Takes the metrics of a foreign registry, such as prom-client's, or of an exporter into this node's:
   * its counters and histograms add up over the cluster, its gauges get a `node` label.
   *
   * @throws {TypeError} if an option is wrong or the name is in use.
   */
  addSource(options: SourceOptions): Source;
  /**
   * Makes a cache that the cluster keeps honest: what any node invalidates is dropped by all at once,
   * whoever missed an invalidation clears, and with `staleMsMax` nothing is served longer than that
   * after it was invalidated, whatever fails.
   *
   * @throws {TypeError} if an option is wrong or the name is in use.
   *
   * @example
   * ```ts
   * import { startMuster } from "@muster/muster";
   *
   * await using muster = await startMuster({ settings: { METRICS_PORT: "0" } });
   * const users = muster.createCache<{ name: string }>({
   *   name: "users",
   *   maxEntries: 10_000,
   *   staleMsMax: 5_000,
   * });
   * const load = (id: string) => Promise.resolve(id === "7" ? { name: "Ada" } : undefined);
   * const user = await users.wrap("7", load, { tags: ["team:1"] });
   * // Wherever the user changes:
   * await users.invalidate("7");
   * ```
   */
  createCache<V, K extends string = string>(options: CacheOptions<V, K>): Cache<V, K>;
  /**
   * Makes a limiter that is measured, shown at `GET /cluster/limits`, and knows the cluster: `local`
   * counts on this node alone, `split` gives each node that is up its share of the limits, and `shared`
   * counts in a Valkey or Redis. Middleware: `rateLimit`.
   *
   * With `split`, shares add up to the limit: they shrink at once when a node comes and grow when all
   * others have had time to shrink, 5 heartbeats; `gcra` then fills over a window, `sliding_window` waits
   * a window and a slot more, and a node that has just begun has nothing yet. So together the nodes admit no more
   * than one would, `burst + limit × t / windowMs` in any `t` ms or `limit` in any window, but
   * for the millisecond that a limiter's own time may be late (`PolicyOptions.algorithm`). Where a
   * partition cuts the nodes into k parts that each count the others as down, it is k times that. A key
   * whose requests come to one node alone gets that node's share alone.
   *
   * @throws {TypeError} if an option is wrong or the name is in use.
   *
   * @example
   * ```ts
   * import { startMuster } from "@muster/muster";
   * import { assert } from "@std/assert";
   *
   * await using muster = await startMuster({ settings: { METRICS_PORT: "0" } });
   * const limiter = muster.createLimiter({
   *   name: "login",
   *   limits: [{ limit: 5, windowMs: 60_000 }, { limit: 50, windowMs: 86_400_000 }],
   *   scope: "split",
   * });
   * const { allowed, retryAfterMs } = limiter.consume("203.0.113.7");
   * assert(allowed || retryAfterMs > 0);
   * ```
   */
  createLimiter(options: NodeLimiterOptions): Limiter;
  /** The same, with a store that decides for all nodes together. */
  createLimiter(options: SharedLimiterOptions): SharedLimiter;
  /** Polls a source no more: its gauges are hidden, what it counted stays. */
  removeSource(name: string): Promise<void>;
  /**
   * Says goodbye to the peers, waits up to 5 s until two of them hold this node's last counts, and
   * closes the ops port. Call it on SIGTERM, after the last request.
   */
  stop(): Promise<unknown>;
}

/**
 * Starts measuring, opens the ops port and joins the cluster.
 *
 * @throws {TypeError} if a setting is wrong; the message lists all that are.
 * @throws {Error} if the ops port can't be bound.
 *
 * @example
 * ```ts
 * import { startMuster } from "@muster/muster";
 * import { assertStringIncludes } from "@std/assert";
 *
 * await using muster = await startMuster({
 *   settings: { METRICS_PORT: "0", METRICS_LISTEN_HOST: "127.0.0.1" },
 * });
 * const orders = muster.registry.counter({ name: "orders_total", help: "Orders.", labels: ["plan"] });
 * orders.inc({ plan: "pro" });
 *
 * const response = await fetch(`http://127.0.0.1:${muster.opsAddress.port}/metrics`);
 * assertStringIncludes(await response.text(), 'orders_total{plan="pro"} 1\n');
 * ```
 */
export function startMuster(options: MusterOptions = {}): Promise<Muster> {
  return startRuntime(options);
}

/** The same, for who needs to see how the node is. */
export async function startRuntime(options: MusterOptions): Promise<Runtime> {
  const { settings = {}, log = logTapeSink(), application } = options;
  const facts = readProcessFacts(systemRandom);
  const outcome = parseConfig({
    env: (name) => settings[name] ?? readEnvironment(name),
    args: [],
    envNames: [...environmentNames(), ...Object.keys(settings)],
    readFile: readTextFile,
    hostname: facts.hostname,
  });
  if (outcome.kind === "problems") {
    throw new TypeError(`Cannot start Muster:\n${outcome.problems.join("\n")}`);
  }
  if (outcome.kind !== "config") throw new TypeError("BUG: no flag was given, yet one was obeyed");
  for (const warning of outcome.warnings) log.log("warning", warning);
  const { config } = outcome;
  const { metricsListenHost: host } = config;
  const http = createFetchClient({
    clock: systemClock,
    ...(host === "0.0.0.0" || host === "::" ? {} : { localAddress: host }),
  });
  return await Runtime.start(config, {
    clock: systemClock,
    random: systemRandom,
    http,
    log,
    files: systemFiles,
    facts,
    ...(application === undefined ? {} : { application }),
  });
}

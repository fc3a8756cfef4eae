import type { Cache } from "./cache/cache.ts";
import type { CacheOptions } from "./cache/cache_options.ts";
import { Caches } from "./cache/caches.ts";
import type { ClusterMetrics } from "./cluster/cluster_metrics.ts";
import type { ClusterNode } from "./cluster/cluster_node.ts";
import type { Discovery, DiscoveryView } from "./cluster/discovery_view.ts";
import { CLUSTER_EVENT } from "./cluster/event_log.ts";
import { type Goodbye, sayGoodbye } from "./cluster/goodbye.ts";
import { type Topology, topologyOf } from "./cluster/topology.ts";
import { Rounds } from "./cluster/rounds.ts";
import type { Config } from "./config.ts";
import { composeDiscovery } from "./discovery_composition.ts";
import type { LedgerKeeper } from "./cluster/ledger_keeper.ts";
import { measureLedger } from "./cluster/ledger_metrics.ts";
import { composeKeeper } from "./ledger_composition.ts";
import { composeNode } from "./node_composition.ts";
import { composeOps } from "./ops_composition.ts";
import { composeRegistry } from "./registry_composition.ts";
import { composeIntake, composePlugins } from "./plugin_composition.ts";
import type { Platform } from "./platform.ts";
import { keyedHash } from "./io/keyed_hash.ts";
import type { Plugin, PluginOptions } from "./plugins/plugin.ts";
import type { Plugins } from "./plugins/plugins.ts";
import type { IntakeHandler } from "./http/intake_handler.ts";
import type { Readiness } from "./http/health_routes.ts";
import { type Handler, type RunningServer, serve } from "./http/server.ts";
import { sleep } from "./io/clock.ts";
import { errorText } from "./io/error_text.ts";
import { unfailing } from "./io/log.ts";
import type { Registry } from "./metrics/registry.ts";
import { Sources } from "./sources/sources.ts";
import type { Limiter, SharedLimiter } from "./rate_limit/limiter.ts";
import type { NodeLimiterOptions, SharedLimiterOptions } from "./rate_limit/limiter_options.ts";
import { Limiters } from "./rate_limit/limiters.ts";
import type { Source } from "./sources/source.ts";
import type { SourceOptions } from "./sources/source_options.ts";
import { type Bus, createBus } from "./telemetry/bus.ts";

/** After this a node is ready although no peer has answered. */
const READY_AFTER_MS = 10_000;
/** How often discovery is asked while this node does not know whether it is the first. */
const NEWCOMER_POLL_MS = 1_000;
/** How long the first rounds wait for the first word of discovery: a name server may be away. */
const FIRST_VIEW_MS = 1_000;
/** For two peers to confirm the last shard. */
const GOODBYE_TIMEOUT_MS = 5_000;

/** A Muster node that runs: it measures, finds its peers, and answers for all of them. */
export class Runtime implements AsyncDisposable {
  /** Where metrics are registered. */
  readonly registry: Registry;
  /** Where events are emitted and heard. */
  readonly bus: Bus;
  readonly config: Config;
  readonly node: ClusterNode;
  /** What is measured by events and polls. */
  readonly plugins: Plugins;
  readonly caches: Caches;
  readonly limiters: Limiters;
  readonly #takeEvents: IntakeHandler;
  readonly #platform: Platform;
  readonly #discovery: Discovery;
  readonly #rounds: Rounds;
  readonly #sources: Sources;
  readonly #metrics: ClusterMetrics;
  readonly #server: RunningServer;
  readonly #keeper: LedgerKeeper | null;
  readonly #ending = new AbortController();
  readonly #startedAtMs: number;
  #lastDnsError = 0;
  #stopped: Promise<Goodbye> | null = null;

  /** What has to be ended if the start fails is left in `opened`. */
  private constructor(
    config: Config,
    platform: Platform,
    discovery: Discovery,
    opened: AsyncDisposableStack,
  ) {
    this.config = config;
    this.#platform = platform;
    this.#discovery = discovery;
    const { clock, random, log } = platform;
    this.#startedAtMs = clock.nowMs();
    this.bus = createBus(log, () => clock.nowMs());
    const { registry, metrics } = composeRegistry(config, platform);
    this.registry = registry;
    this.#metrics = metrics;
    this.plugins = opened.use(composePlugins(config, { ...platform, registry, bus: this.bus }));
    this.#takeEvents = composeIntake(this, clock);
    let handler: Handler = () => new Response("Starting.\n", { status: 503 });
    this.#server = opened.use(this.#listen((request, remoteIp) => handler(request, remoteIp)));
    this.node = composeNode({
      config,
      platform,
      own: this.registry.shard,
      metrics: this.#metrics,
      bus: this.bus,
      listening: this.#server,
      beforeStamp: () => this.#measureSelf(),
    });
    this.caches = new Caches({
      node: this.node,
      bus: this.bus,
      log,
      timeoutMs: config.exchangeTimeoutMs,
    });
    this.#keeper = composeKeeper({ config, platform, node: this.node, metrics: this.#metrics });
    this.limiters = new Limiters({
      node: this.node,
      bus: this.bus,
      log,
      random,
      heartbeatMs: config.heartbeatMs,
      isAlone: config.discovery.kind === "none",
      prefix: config.metricsPrefix,
      shownHash: keyedHash(config.labelHashKey),
    });
    const app = composeOps({
      config,
      clock,
      discovery,
      node: this.node,
      bus: this.bus,
      registry: this.registry,
      metrics: this.#metrics,
      readiness: () => this.readiness,
      ending: this.#ending.signal,
      caches: this.caches,
      onShown: () => this.#keeper?.noteShown(),
      limiters: this.limiters,
    });
    handler = (request, remoteIp) => app.fetch(request, { remoteIp });
    this.#sources = this.#createSources();
    const { heartbeatMs, exchangeTimeoutMs: timeoutMs } = config;
    this.#rounds = new Rounds({ node: this.node, random, heartbeatMs, timeoutMs });
    this.bus.attach(CLUSTER_EVENT, (_name, _measurements, { kind }) => {
      this.#metrics.events.inc({ kind: String(kind) });
    });
  }

  /**
   * Listens and joins the cluster.
   *
   * @throws {Error} if the ops port can't be bound, or `LEDGER_FILE` can't be read.
   */
  static async start(config: Config, given: Platform): Promise<Runtime> {
    const platform = { ...given, log: unfailing(given.log) };
    const discovery = await composeDiscovery(config, platform);
    // Nobody gets a runtime that could not start, so nobody could end what it has begun.
    await using opened = new AsyncDisposableStack();
    opened.defer(() => platform.http.close());
    const runtime = new Runtime(config, platform, discovery, opened);
    await runtime.#keeper?.load();
    opened.move();
    runtime.#discovery.onView((view) => runtime.#onView(view));
    runtime.#discovery.start();
    for (const exporter of config.exporters) runtime.addSource(exporter);
    runtime.#keeper?.start();
    const enough = new AbortController();
    await Promise.race([
      runtime.#discovery.refresh(),
      sleep(platform.clock, FIRST_VIEW_MS, enough.signal),
    ]);
    enough.abort();
    runtime.#rounds.start();
    runtime.#pollWhileNew();
    return runtime;
  }

  /** Where the ops port listens. */
  get opsAddress(): { readonly host: string; readonly port: number } {
    return { host: this.#server.host, port: this.#server.port };
  }

  /**
   * Takes the metrics of a foreign registry or exporter into this node's.
   *
   * @throws {TypeError} if an option is wrong or the name is in use.
   */
  addSource(options: SourceOptions): Source {
    this.#checkRunning("add a source");
    return this.#sources.add(options);
  }

  /** Ends a source; see `Sources.remove`. */
  removeSource(name: string): Promise<void> {
    return this.#sources.remove(name);
  }

  /** Installs a plugin; see `Plugins.add`. */
  addPlugin(plugin: Plugin, options?: Partial<PluginOptions>): void {
    this.#checkRunning("install a plugin");
    this.plugins.add(plugin, options);
  }

  /**
   * Makes a cache that the invalidations of all nodes reach; see `Caches.create`.
   *
   * @throws {TypeError} if an option is wrong or the name is in use.
   */
  createCache<V, K extends string = string>(options: CacheOptions<V, K>): Cache<V, K> {
    this.#checkRunning("create a cache");
    return this.caches.create<V, K>(options);
  }

  /**
   * Makes a limiter that is measured and knows the cluster; see `Limiters.create`.
   *
   * @throws {TypeError} if an option is wrong or the name is in use.
   */
  createLimiter(options: NodeLimiterOptions): Limiter;
  createLimiter(options: SharedLimiterOptions): SharedLimiter;
  createLimiter(options: NodeLimiterOptions | SharedLimiterOptions): Limiter | SharedLimiter {
    this.#checkRunning("create a limiter");
    return this.limiters.create(options);
  }

  /** Takes events from outside; see `intakeHandler`. 503 once it stops, as nobody would count them. */
  async takeEvents(request: Request): Promise<Response> {
    if (this.#stopped === null) return await this.#takeEvents(request);
    await request.body?.cancel();
    return new Response("No events are taken: this node is stopping.\n", { status: 503 });
  }

  /** The cluster as this node sees it now. */
  topology(): Topology {
    return topologyOf(this.node);
  }

  /** Whether this process may get traffic, and why. */
  get readiness(): Readiness {
    if (this.node.exchange.isComplete) return { ready: true, reason: "ready" };
    if (this.node.hasTalked) return { ready: true, reason: "ready: a peer has answered" };
    const waitedMs = this.#platform.clock.nowMs() - this.#startedAtMs;
    if (waitedMs < READY_AFTER_MS) return { ready: false, reason: "waiting for a first peer" };
    return { ready: true, reason: `ready: no peer answered in ${READY_AFTER_MS / 1000} s` };
  }

  /** Says goodbye to the peers, waits until two hold this node's last shard, and closes everything. */
  stop(): Promise<Goodbye> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<Goodbye> {
    const { clock, http } = this.#platform;
    this.plugins.stopPolling();
    await this.#sources[Symbol.asyncDispose]();
    await this.#rounds.stop();
    await this.caches[Symbol.asyncDispose]();
    this.limiters[Symbol.dispose]();
    const goodbye = await sayGoodbye(this.node, clock.nowMs() + GOODBYE_TIMEOUT_MS);
    // Not before: caches and limiters tell until the last shard is stamped.
    this.plugins[Symbol.dispose]();
    await this.#keeper?.stop();
    this.#ending.abort();
    await this.#discovery[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
    http.close();
    return goodbye;
  }

  /** What would be begun after the end, nobody would end. */
  #checkRunning(what: string): void {
    if (this.#stopped === null) return;
    throw new Error(`Cannot ${what}: the runtime must not have been stopped`);
  }

  #listen(handler: Handler): RunningServer {
    const { config: { metricsListenHost: host, metricsPort: port } } = this;
    const onError = (error: unknown) =>
      this.#platform.log.log("error", "A request to the ops port failed.", {
        error: errorText(error),
      });
    return serve({ host, port, handler, onError });
  }

  #createSources(): Sources {
    const { config, registry } = this;
    const { metricsEnabled, seriesPerFamilyMax, cellsMax } = config;
    const { clock, http, log } = this.#platform;
    return new Sources({
      registry,
      clock,
      http,
      log,
      seriesPerFamilyMax,
      cellsMax,
      ...config.metricChanges,
      isPolling: metricsEnabled,
    });
  }

  #measureSelf(): void {
    this.caches.tell();
    this.limiters.tell();
    this.#metrics.withheldCells.set(this.registry.shard.withheldCells);
    measureLedger(this.#metrics.ledger, this.node.state.ledger);
    // What is added may round up to more than was missing.
    const { sleep: asleep } = this.#metrics;
    asleep.inc(Math.max(0, this.node.asleepMs / 1000 - asleep.value));
  }

  #onView(view: DiscoveryView): void {
    this.node.discover(view);
    this.#metrics.listed.set(view.addresses.length);
    this.#metrics.dnsPolls.inc({ outcome: view.consecutiveFailures > 0 ? "failed" : "answered" });
    const error = view.lastError;
    if (error === null || error.atMs === this.#lastDnsError) return;
    this.#lastDnsError = error.atMs;
    this.#platform.log.log("warning", error.message, { name: view.name });
  }

  #pollWhileNew(): void {
    if (this.node.exchange.isComplete || this.#stopped !== null) return;
    const cancel = this.#platform.clock.after(NEWCOMER_POLL_MS, () => {
      this.#ending.signal.removeEventListener("abort", cancel);
      void this.#discovery.refresh().then(() => this.#pollWhileNew());
    });
    this.#ending.signal.addEventListener("abort", cancel);
  }
}

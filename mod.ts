/**
 * Muster: one honest `/metrics` for many pods. {@linkcode startMuster} makes a process a node of the
 * cluster; {@linkcode createRegistry} gives what measures without one.
 *
 * @example
 * ```ts
 * import { createRegistry } from "@muster/muster";
 *
 * const registry = createRegistry();
 * const duration = registry.histogram({ name: "job_duration_seconds", help: "Run time.", unit: "seconds" });
 * duration.observe(0.25);
 * ```
 *
 * @module
 */
export {
  httpMetrics,
  type HttpMetricsMiddleware,
  type HttpMetricsOptions,
  type MeasuredContext,
} from "./src/http/http_metrics.ts";
export { type Muster, type MusterOptions, startMuster } from "./src/start_muster.ts";
export { type JobOutcome, runJob, type RunJobOptions } from "./src/run_job.ts";
export type { Cache } from "./src/cache/cache.ts";
export type { InvalidationCause } from "./src/cache/cache_counts.ts";
export type { CacheHost } from "./src/cache/cache_host.ts";
export type { CacheOptions, TopologyReaction } from "./src/cache/cache_options.ts";
export type { CacheStatus } from "./src/cache/cache_status.ts";
export { createCache, type LocalCacheOptions } from "./src/cache/create_cache.ts";
export type { Loader, Lookup, SetOptions, WrapOptions } from "./src/cache/value_options.ts";
export { rateLimit, type RateLimitMiddleware } from "./src/http/rate_limit.ts";
export type { RateLimitOptions } from "./src/http/rate_limit_options.ts";
export {
  headerKey,
  ipKey,
  joinedKey,
  type LimitedContext,
  type LimitKey,
  routeKey,
} from "./src/http/limit_keys.ts";
export { connectValkey, type Valkey } from "./src/io/valkey.ts";
export type { ValkeyOptions } from "./src/io/valkey_options.ts";
export type { ScriptStore } from "./src/io/script_store.ts";
export { clientIp, type ClientIpOptions } from "./src/rate_limit/client_ip.ts";
export { createLimiter, type LocalLimiterOptions } from "./src/rate_limit/create_limiter.ts";
export type { DecidedBy, Decision } from "./src/rate_limit/decision.ts";
export type {
  AnyLimiter,
  Limiter,
  LimiterStatus,
  PolicyStatus,
  SharedLimiter,
  StoreStatus,
} from "./src/rate_limit/limiter.ts";
export type {
  CommonLimiterOptions,
  FailMode,
  NodeLimiterOptions,
  Scope,
  SharedLimiterOptions,
} from "./src/rate_limit/limiter_options.ts";
export type { Algorithm, Policy, PolicyOptions } from "./src/rate_limit/policy.ts";
export type { PolicyState } from "./src/rate_limit/quota.ts";
export type { TopKey } from "./src/rate_limit/top_keys.ts";
export type { Random } from "./src/io/random.ts";
export type { Invalidation } from "./src/cluster/invalidation.ts";
export type { InvalidationReach } from "./src/cluster/invalidation_push.ts";
export type { Source, SourceStatus } from "./src/sources/source.ts";
export type { MetricsText, SourceOptions } from "./src/sources/source_options.ts";
export { createRegistry } from "./src/create_registry.ts";
export { Registry } from "./src/metrics/registry.ts";
export type {
  CollectOptions,
  GaugeOptions,
  HistogramOptions,
  InfoOptions,
  LabelledOptions,
  MetricChanges,
  MetricOptions,
  MetricRules,
  NativeHistogramOptions,
  PlainOptions,
  RegistryOptions,
  StateSetOptions,
  SummaryOptions,
} from "./src/metrics/metric_options.ts";
export type { SeriesCount } from "./src/metrics/series_workshop.ts";
export { exponentialBuckets, linearBuckets } from "./src/metrics/buckets.ts";
export { Counter, CounterFamily } from "./src/metrics/counter.ts";
export type { ExemplarInput } from "./src/metrics/exemplars.ts";
export { Gauge, GaugeFamily } from "./src/metrics/gauge.ts";
export { DEFAULT_BUCKETS, Histogram, HistogramFamily } from "./src/metrics/histogram.ts";
export { Info } from "./src/metrics/info.ts";
export { NativeHistogram, NativeHistogramFamily } from "./src/metrics/native_histogram.ts";
export { type Observer, ObserverFamily } from "./src/metrics/observer.ts";
export { StateSet } from "./src/metrics/state_set.ts";
export { Summary, SummaryFamily } from "./src/metrics/summary.ts";
export type { EndTimer } from "./src/metrics/timer.ts";
export type { EndFamilyTimer } from "./src/metrics/family_timer.ts";
export type { GaugeMerge } from "./src/metrics/family.ts";
export type { LabelValue, LabelValues } from "./src/metrics/label_values.ts";
export type {
  Topology,
  TopologyLedger,
  TopologyMember,
  TopologyShard,
} from "./src/cluster/topology.ts";
export type { Conflict, ConflictReason } from "./src/metrics/merge/contribution.ts";
export type { MemberStatus, TransitionKind } from "./src/cluster/member.ts";
export type { DiscoveryMode, DiscoveryView } from "./src/cluster/discovery_view.ts";
export { CLUSTER_EVENT, type ClusterEvent } from "./src/cluster/event_log.ts";
export type { Bus, EventHandler, Measurements, Metadata } from "./src/telemetry/bus.ts";
export {
  type Binding,
  definePlugin,
  type EventDefinition,
  type MeasurementRule,
  type Plugin,
  type PluginDefinition,
  type PluginOptions,
  type PollDefinition,
  type Reading,
} from "./src/plugins/plugin.ts";
export type { ApplicationFacts } from "./src/plugins/application.ts";
export type { Telemetry } from "./src/adapters/adapter_guard.ts";
export { ADAPTER_FAILED } from "./src/telemetry/adapter_failed.ts";
export { type JobFacts, type JobOptions, measureJob } from "./src/adapters/job.ts";
export { type LiveOptions, type LiveStream, LiveView } from "./src/adapters/live_view.ts";
export { measurePool, type PgPool } from "./src/adapters/pg_pool.ts";
export type { DatabaseOptions } from "./src/adapters/query_events.ts";
export {
  type JoinLabels,
  measureJoin,
  measureSocket,
  type SocketHandlers,
  type SocketOptions,
} from "./src/adapters/socket.ts";
export { measureSqlite, type SqliteDatabase } from "./src/adapters/sqlite.ts";
export type { LabelRule } from "./src/plugins/label_rule.ts";
export type {
  CounterDefinition,
  DefinitionBase,
  GaugeDefinition,
  HistogramDefinition,
  InfoDefinition,
  MetricDefinition,
  NativeHistogramDefinition,
  SummaryDefinition,
} from "./src/plugins/metric_definition.ts";
export type { UnitConversion } from "./src/plugins/unit_conversion.ts";
export type { LogLevel, LogSink } from "./src/io/log.ts";
export type { Clock } from "./src/io/clock.ts";

import { assert, assertEquals } from "@std/assert";
import { startMuster } from "../../mod.ts";
import { systemClock } from "../../src/io/clock.ts";
import { GcProfile } from "../../src/io/gc_profile.ts";
import { silentLog } from "../../src/io/log.ts";
import { readProcessUsage, readProcUsage } from "../../src/io/process_usage.ts";
import { ADAPTERS } from "../../src/plugins/adapters.ts";
import { applicationPlugin } from "../../src/plugins/application.ts";
import { DATABASE } from "../../src/plugins/database.ts";
import { denoPlugin } from "../../src/plugins/deno.ts";
import { HTTP } from "../../src/plugins/http.ts";
import { JOBS } from "../../src/plugins/jobs.ts";
import { LIVE } from "../../src/plugins/live.ts";
import type { Plugin } from "../../src/plugins/plugin.ts";
import { metricName } from "../../src/plugins/plugin_names.ts";
import { WEBSOCKET } from "../../src/plugins/websocket.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { Postgres } from "../servers/postgres.ts";
import { Prometheus } from "../servers/prometheus.ts";
import { until } from "../until.ts";
import { RuntimeTraffic } from "./runtime_traffic.ts";

/** For each metric of the runtime's plugins a query that has a value above 0 once it was moved. */
const MOVED: Readonly<Record<string, string>> = {
  application_primary_info: '{name="shop",version="1.2.0"}',
  application_dependency_info: '{name="hono",version="4.13.19"}',
  application_git_sha_info: '{sha="3f2a9c1"}',
  application_git_author_info: '{author="Ada Lovelace"}',
  application_uptime_seconds: '{node="shop-0"}',
  application_feature_enabled: '{feature="checkout",node="shop-0"}',
  process_cpu_seconds_total: "",
  process_cpu_user_seconds_total: "",
  process_cpu_system_seconds_total: "",
  process_start_time_seconds: '{node="shop-0"}',
  process_open_fds: "",
  process_max_fds: "",
  process_threads: "",
  process_virtual_memory_bytes: "",
  process_resident_memory_bytes: "",
  process_heap_bytes: "",
  deno_heap_used_bytes: "",
  deno_heap_limit_bytes: "",
  deno_external_memory_bytes: "",
  deno_heap_space_size_bytes: '{space="old_space"}',
  deno_heap_space_used_bytes: '{space="old_space"}',
  deno_heap_space_available_bytes: '{space="new_space"}',
  deno_info: `{version="${Deno.version.deno}",v8="${Deno.version.v8}"}`,
  deno_event_loop_lag_seconds: "",
  deno_event_loop_lag_max_seconds: '{node="shop-0"}',
  deno_active_resources: '{type="Timeout"}',
  deno_context_switches_total: '{kind="voluntary"}',
  deno_gc_duration_seconds: '{kind="scavenge"}',
  deno_gc_reclaimed_bytes_total: '{kind="scavenge"}',
  http_server_request_duration_seconds: '{method="GET",route="/users/:id",status="200"}',
  http_server_active_requests: "",
  http_server_exception_duration_seconds: '{route="/broken",status="500",error="TypeError"}',
  http_server_request_body_size_bytes: '{method="POST",route="/users",status="201"}',
  http_server_response_body_size_bytes: '{method="GET",route="/users/:id"}',
  http_server_response_duration_seconds: '{method="GET",route="/board/live",status="200"}',
  websocket_connections: '{socket="chat"}',
  websocket_connect_seconds: '{socket="chat",result="ok"}',
  websocket_connection_duration_seconds: '{socket="chat",code="1005"}',
  websocket_joins_total: '{socket="chat",channel="room"}',
  websocket_join_duration_seconds: '{socket="chat",channel="room"}',
  websocket_join_failures_total: '{socket="chat",channel="room",error="TypeError"}',
  websocket_messages_total: '{socket="chat",direction="out"}',
  websocket_message_size_bytes: '{socket="chat",direction="in"}',
  websocket_handle_duration_seconds: '{socket="chat",event="message"}',
  websocket_handle_exception_duration_seconds: '{socket="chat",event="_error",error="TypeError"}',
  live_mount_duration_seconds: '{view="board"}',
  live_mount_exception_duration_seconds: '{view="board",error="TypeError"}',
  live_event_duration_seconds: '{view="board",event="move"}',
  live_event_exception_duration_seconds: '{view="board",event="move",error="TypeError"}',
  live_render_duration_seconds: '{view="board",component="piece"}',
  live_render_exception_duration_seconds: '{view="board",component="piece",error="TypeError"}',
  live_connections: '{view="board",transport="sse"}',
  live_connection_duration_seconds: '{view="board",transport="sse",result="completed"}',
  live_messages_total: '{view="board"}',
  live_message_size_bytes: '{view="board"}',
  live_stream_failures_total: '{view="board",error="TypeError"}',
  database_query_queue_seconds: '{repo="orders"}',
  database_query_idle_seconds: '{repo="orders"}',
  database_query_execution_seconds: '{repo="cache",source="entries",command="select"}',
  database_query_decode_seconds: '{repo="own"}',
  database_query_duration_seconds: '{repo="orders",source="lines",command="select"}',
  database_query_rows: '{repo="orders",source="lines",command="insert"}',
  database_query_errors_total: '{repo="orders",source="nowhere",command="select"}',
  database_checkout_failures_total: '{repo="unreachable",error="Error"}',
  database_pool_size: '{repo="orders",node="shop-0"}',
  database_pool_used: '{repo="orders"}',
  database_pool_idle: '{repo="orders"}',
  database_pool_waiting: '{repo="small"}',
  database_pool_size_max: '{repo="small"}',
  jobs_active: '{queue="default",worker="slow"}',
  jobs_queue_seconds: '{queue="mail",worker="send"}',
  jobs_wait_seconds: '{queue="mail",worker="send"}',
  jobs_run_seconds: '{queue="mail",worker="send",state="failure"}',
  jobs_attempts: '{queue="mail",worker="send",state="success"}',
  jobs_failures_total: '{queue="mail",worker="send",error="RangeError"}',
  jobs_last_success_timestamp_seconds: '{queue="mail",worker="send"}',
  muster_adapter_failures_total: '{adapter="sqlite"}',
};

Deno.test("every metric of the runtime's plugins is moved by what it measures, and read by Prometheus", async () => {
  const plugins = runtimePlugins();
  const kinds = new Map(
    plugins.flatMap(({ metrics }) =>
      Object.entries(metrics).map(([name, { kind }]) => [metricName("", name), kind] as const)
    ),
  );
  assertEquals(Object.keys(MOVED).toSorted(), [...kinds.keys()].toSorted());
  await using postgres = await Postgres.start();
  await using muster = await startMuster({
    log: silentLog,
    settings: {
      METRICS_PORT: "0",
      METRICS_LISTEN_HOST: "127.0.0.1",
      POD_NAME: "shop-0",
      CLUSTER_HEARTBEAT_MS: "100",
      MUSTER_POLL_MS: "500",
      GIT_SHA: "3f2a9c1",
      GIT_AUTHOR: "Ada Lovelace",
    },
    application: {
      name: "shop",
      version: "1.2.0",
      dependencies: { hono: "npm:hono@4.13.19" },
      features: () => ({ checkout: true, search: false }),
    },
  });
  await using prometheus = await Prometheus.start({
    scrapeConfigs: `- job_name: muster
  honor_labels: true
  static_configs: [{ targets: ["127.0.0.1:${muster.opsAddress.port}"] }]`,
  });
  await using _traffic = await RuntimeTraffic.begin(muster, postgres);
  blockFor(300);
  let missing: string[] = [];
  await until(async () => {
    makeGarbage();
    missing = [];
    for (const [name, labels] of Object.entries(MOVED)) {
      const query = `sum(${name}${kinds.get(name) === "histogram" ? "_count" : ""}${labels})`;
      if (!((await prometheus.value(query) ?? 0) > 0)) missing.push(query);
    }
    return missing.length === 0;
  }, {
    what: "every metric to be above 0 in Prometheus",
    deadlineMs: 30_000,
    everyMs: 500,
    details: () => missing.join("\n"),
  });
  // The loop was blocked for 300 ms, and somebody saw it.
  const value = (query: string) => prometheus.value(query);
  const seen =
    'deno_event_loop_lag_seconds_count - ignoring(le) deno_event_loop_lag_seconds_bucket{le="0.25"}';
  assert((await value(seen))! >= 1, "nobody saw the block");
  assertEquals(await value('application_feature_enabled{feature="search"}'), 0);
  const routes = await prometheus.query(
    "count by (route) (http_server_request_duration_seconds_count)",
  );
  const known = [
    "/board",
    "/board/:event",
    "/board/live",
    "/broken",
    "/chat",
    "/users",
    "/users/:id",
  ];
  assertEquals(routes.map(({ metric }) => metric.route).toSorted(), known);
});

function runtimePlugins(): Plugin[] {
  const parts = { bus: createBus(silentLog), clock: systemClock };
  return [
    applicationPlugin({
      ...parts,
      application: {},
      gitSha: undefined,
      gitAuthor: undefined,
      startedAtMs: 0,
    }),
    denoPlugin({
      ...parts,
      facts: { versions: Deno.version, startedAtMs: 0 },
      readUsage: readProcessUsage,
      readProc: readProcUsage,
      garbage: new GcProfile(),
    }),
    ...[HTTP, WEBSOCKET, LIVE, DATABASE, JOBS, ADAPTERS],
  ];
}

function blockFor(ms: number): void {
  const endMs = systemClock.nowMs() + ms;
  while (systemClock.nowMs() < endMs);
}

function makeGarbage(): void {
  for (let i = 0; i < 300_000; i++) JSON.stringify({ i, list: [i] });
}

import { assertEquals } from "@std/assert";
import { Caches } from "../../src/cache/caches.ts";
import { Limiters } from "../../src/rate_limit/limiters.ts";
import { systemRandom } from "../../src/io/random.ts";
import type { Discovery } from "../../src/cluster/discovery_view.ts";
import type { AuthPolicy } from "../../src/http/auth.ts";
import { createOpsApp } from "../../src/http/ops_app.ts";
import { createScrapeMetrics } from "../../src/http/scrape_metrics.ts";
import { silentLog } from "../../src/io/log.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { SimulatedCluster } from "../cluster/simulated_cluster.ts";

async function statuses(
  auth: AuthPolicy,
  headers: Record<string, string>,
  hasMetrics: boolean,
): Promise<Record<string, number>> {
  const { cluster, nodes: [a] } = await SimulatedCluster.of(["a"]);
  const { node, metrics, exposition, registry } = a!;
  const discovery: Discovery = {
    view: cluster.view(),
    start() {},
    refresh: () => Promise.resolve(cluster.view()),
    onView: () => () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const bus = createBus(silentLog);
  const app = createOpsApp({
    auth,
    readiness: () => ({ ready: true, reason: "ready" }),
    exchange: {
      node,
      discovery,
      metrics,
      clock: cluster.clock,
      secrets: [],
      bodyBytesMax: 65_536,
      bodyTimeoutMs: 1_000,
    },
    events: { node, bus, signal: AbortSignal.abort() },
    caches: new Caches({ node, bus, log: silentLog, timeoutMs: 1_000 }),
    limiters: new Limiters({
      node,
      bus,
      log: silentLog,
      random: systemRandom,
      heartbeatMs: 1_000,
      isAlone: true,
      prefix: "rsolv",
      shownHash: (key) => key,
    }),
    metrics: hasMetrics
      ? {
        exposition,
        metrics: createScrapeMetrics(registry),
        path: "/metrics",
        scrapeTimeoutMs: 1_000,
      }
      : null,
  });
  const paths = [
    "/healthz",
    "/readyz",
    "/cluster/topology",
    "/cluster/events",
    "/cluster/caches",
    "/cluster/limits",
    "/metrics/node",
  ];
  const found: Record<string, number> = {};
  for (const path of [...paths, "/nothing"]) {
    const response = await app.request(path, { headers }, { remoteIp: "203.0.113.9" });
    found[path] = response.status;
    await response.body?.cancel();
  }
  const exchange = await app.request("/cluster/exchange", { method: "POST", body: "x", headers }, {
    remoteIp: "203.0.113.9",
  });
  found["/cluster/exchange"] = exchange.status;
  await exchange.body?.cancel();
  return found;
}

const OPEN = { "/healthz": 200, "/readyz": 200, "/cluster/exchange": 403 } as const;
const BEARER: AuthPolicy = { kind: "bearer", token: "secret" };

Deno.test("createOpsApp asks for the token everywhere but at health and at the exchange", async () => {
  assertEquals(await statuses(BEARER, {}, true), {
    ...OPEN,
    "/cluster/topology": 401,
    "/cluster/events": 401,
    "/cluster/caches": 401,
    "/cluster/limits": 401,
    "/metrics/node": 401,
    "/nothing": 401,
  });
});

Deno.test("createOpsApp serves all to who has the token, and 404 to what is nowhere", async () => {
  assertEquals(await statuses(BEARER, { authorization: "Bearer secret" }, true), {
    ...OPEN,
    "/cluster/topology": 200,
    "/cluster/events": 200,
    "/cluster/caches": 200,
    "/cluster/limits": 200,
    "/metrics/node": 200,
    "/nothing": 404,
  });
});

Deno.test("createOpsApp has no metrics where they are switched off, and the rest as ever", async () => {
  assertEquals(await statuses({ kind: "none" }, {}, false), {
    ...OPEN,
    "/cluster/topology": 200,
    "/cluster/events": 200,
    "/cluster/caches": 200,
    "/cluster/limits": 200,
    "/metrics/node": 404,
    "/nothing": 404,
  });
});

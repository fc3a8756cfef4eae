import { assertEquals } from "@std/assert";
import { freePort } from "../servers/free_port.ts";
import { Prometheus } from "../servers/prometheus.ts";
import { until } from "../until.ts";
import { LimitingNode } from "./limiting_node.ts";

Deno.test("every metric of limiters is read back from a real Prometheus", async () => {
  const [port] = LimitingNode.ports(1);
  await using node = await LimitingNode.start(port!, [port!]);
  const day = 86_400_000;
  const local = { name: "api", limits: [{ limit: 300, windowMs: day }], scope: "local" } as const;
  await node.limit({ ...local, keysMax: 16 });
  await node.limit({ name: "ours", limits: [{ limit: 9, windowMs: day }], scope: "split" });
  const storeUrl = `redis://127.0.0.1:${freePort()}`;
  await node.limit({ ...local, name: "store", scope: "shared", storeUrl, fail: "closed" });
  const { allowed, limited } = await node.load({ name: "api", inFlight: 50, requests: 1_100 });
  assertEquals([allowed.node, limited.node], [300, 800]);
  await node.load({ name: "api", inFlight: 50, requests: 100, keys: 100 });
  await node.load({ name: "store", inFlight: 1, requests: 20 });

  const scrapeConfigs = `
- job_name: muster
  static_configs:
    - targets: ["127.0.0.1:${port}"]
`;
  await using prometheus = await Prometheus.start({ scrapeConfigs });
  const api = '{limit="api",scope="local"}', store = 'limit="store"';
  const expected: Readonly<Record<string, (value: number) => boolean>> = {
    // 99 other keys were admitted, and the first one was refused once more.
    [`rsolv_rate_limiter_requests_allowed_total${api}`]: (value) => value === 399,
    [`rsolv_rate_limiter_limit_exceeded_total${api}`]: (value) => value === 801,
    [`rsolv_rate_limiter_current_count${api}`]: (value) => value === 399,
    [`rsolv_rate_limiter_limit_exceeded_total{${store},scope="shared"}`]: (value) => value === 20,
    [`muster_rate_limiter_keys{limit="api",scope="local",node="node-${port}"}`]: (value) =>
      value >= 14 && value <= 20,
    [`muster_rate_limiter_evictions_total${api}`]: (value) => value >= 79 && value <= 90,
    [`muster_rate_limiter_decision_duration_seconds_count${api}`]: (value) => value === 1,
    [`muster_rate_limiter_share_ratio{limit="ours"}`]: (value) => value === 1,
    [`sum(muster_rate_limiter_store_errors_total{${store}})`]: (value) => value >= 3,
    [`muster_rate_limiter_without_store_total{${store},fail="closed"}`]: (value) => value === 20,
    [`muster_rate_limiter_trial_failures_total${api}`]: (value) => value === 0,
  };
  let seen: Record<string, number | null> = {};
  await until(async () => {
    seen = Object.fromEntries(
      await Promise.all(
        Object.keys(expected).map(async (query) => [query, await prometheus.value(query)]),
      ),
    );
    return Object.entries(expected).every(([query, isRight]) => {
      const value = seen[query];
      return typeof value === "number" && isRight(value);
    });
  }, {
    what: "Prometheus to have what the limiters told",
    deadlineMs: 30_000,
    everyMs: 300,
    details: () => JSON.stringify(seen, null, 1),
  });
});

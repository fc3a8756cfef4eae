import { assert, assertEquals } from "@std/assert";
import { exactQuantile } from "../metrics/exact_quantile.ts";
import { freePort } from "../servers/free_port.ts";
import { until } from "../until.ts";
import { ask, sampleOf, startRuntime, untilTogether } from "./running_node.ts";

const METRIC = "rsolv_validation_request_duration_milliseconds";

Deno.test("the percentiles of validation requests are those of all nodes together", async () => {
  const places = [81, 82].map((last) => {
    const host = `127.0.0.${last}`;
    return { host, port: freePort(host) };
  });
  const CLUSTER_PEERS = places.map(({ host, port }) => `${host}:${port}`).join(",");
  const env = { CLUSTER_PEERS, MUSTER_PLUGINS: "validation_cache" };
  await using fast = await startRuntime("fast", places[0]!, env);
  await using slow = await startRuntime("slow", places[1]!, env);
  await untilTogether([fast, slow]);
  // Nine of ten requests are fast, so the mean of both nodes' p95 would be far off.
  const durations: number[] = [];
  for (let i = 1; i <= 1_000; i++) {
    const isSlow = i % 10 === 0;
    const duration_ms = isSlow ? 1_000 + i : i / 10;
    durations.push(duration_ms);
    const { bus } = isSlow ? slow : fast;
    bus.emit("rsolv.validation.request", { duration_ms }, { status: "success" });
  }
  let text = "";
  await until(async () => {
    ({ text } = await ask(fast, "/metrics"));
    return sampleOf(text, `${METRIC}_count`) === durations.length;
  }, { what: "all requests to be in the merged answer", details: () => text });
  for (const quantile of [0.5, 0.95, 0.99]) {
    const shown = sampleOf(text, `${METRIC}{quantile="${quantile}"}`)!;
    const exact = exactQuantile(durations, quantile);
    assert(Math.abs(shown / exact - 1) <= 0.011, `p${quantile * 100} is ${shown}, not ${exact}`);
  }
  assertEquals(sampleOf(text, 'rsolv_validation_requests_total{status="success"}'), 1_000);
});

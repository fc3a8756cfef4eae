// What the integration tests run as a node: src/main.ts with an app that measures what it is told to.
import { Hono } from "hono";
import { main } from "../../src/main.ts";
import type { GaugeMerge } from "../../src/metrics/family.ts";
import type { Registry } from "../../src/metrics/registry.ts";
import { createCacheApp } from "./cache_app.ts";

const MERGES: readonly GaugeMerge[] = ["per_node", "sum", "min", "max", "avg", "latest"];

if (import.meta.main) {
  Deno.exit(
    await main(
      Deno.args,
      (runtime) => createApp(runtime.registry).route("/", createCacheApp(runtime)),
    ),
  );
}

/** `POST /inc?requests=&seconds=`, `/gauge?value=` and `/labels` with a JSON list of label values. */
function createApp(registry: Registry): Hono {
  const requests = registry.counter({ name: "it_requests_total", help: "Whole numbers." });
  const seconds = registry.counter({ name: "it_busy_seconds_total", help: "Fractions." });
  const latency = registry.histogram({
    name: "it_latency_seconds",
    help: "Fractions again.",
    unit: "seconds",
    buckets: [0.15, 0.5],
  });
  const gauges = MERGES.map((merge) =>
    registry.gauge({ name: `it_level_${merge}`, help: `A gauge merged as ${merge}.`, merge })
  );
  const hostile = registry.counter({
    name: "it_hostile_total",
    help: 'A help with \\, " and\na line feed.',
    labels: ["value"],
  });
  return new Hono()
    .post("/inc", (context) => {
      requests.inc(Number(context.req.query("requests") ?? 0));
      for (const value of (context.req.query("seconds") ?? "").split(",")) {
        if (value === "") continue;
        seconds.inc(Number(value));
        latency.observe(Number(value));
      }
      return context.text("counted\n");
    })
    .post("/gauge", (context) => {
      for (const gauge of gauges) gauge.set(Number(context.req.query("value")));
      return context.text("set\n");
    })
    .post("/labels", async (context) => {
      for (const value of await context.req.json<string[]>()) hostile.inc({ value });
      return context.text("counted\n");
    });
}

import { assertEquals } from "@std/assert";
import { definePlugin } from "../../src/plugins/plugin.ts";
import { parseText } from "../exposition/strict_text_parser.ts";
import { freePort } from "../servers/free_port.ts";
import { until } from "../until.ts";
import { ask, sampleOf, startRuntime, untilTogether } from "./running_node.ts";

const HOST = "127.0.0.73";

/** A poll that works once, one that throws, one that rejects, and one that gives nonsense. */
const POOL = definePlugin({
  name: "pool",
  help: "A pool whose driver is broken.",
  options: { prefix: "", pollMs: 100 },
  metrics: {
    "pool.size": { kind: "gauge", help: "Size.", group: "pool" },
    "pool.thrown": { kind: "gauge", help: "Never read.", group: "pool" },
    "pool.rejected": { kind: "gauge", help: "Never read.", group: "pool" },
    "pool.nonsense": { kind: "gauge", help: "Never read.", group: "pool", labels: ["a"] },
    "pool.used.total": { kind: "counter", help: "Uses.", group: "pool" },
  },
  events: { "pool.used": { help: "It was used.", bindings: [{ metric: "pool.used.total" }] } },
  polls: {
    works: {
      help: "Works.",
      metrics: ["pool.size"],
      read: () => [{ metric: "pool.size", value: 7 }],
    },
    throws: {
      help: "Throws.",
      metrics: ["pool.thrown"],
      read: () => {
        throw new Error("driver");
      },
    },
    rejects: {
      help: "Rejects.",
      metrics: ["pool.rejected"],
      read: () => Promise.reject(new Error("driver")),
    },
    nonsense: {
      help: "Gives what is no number.",
      metrics: ["pool.nonsense"],
      read: () => [{ metric: "pool.nonsense", value: Infinity, labels: { a: "x" } }],
    },
  },
});

Deno.test("whatever crashes in a handler, a poll, a collector or a source, /metrics stays whole", async () => {
  await using runtime = await startRuntime("one", { host: HOST, port: freePort(HOST) }, {
    MUSTER_PLUGINS: "billing",
  });
  await untilTogether([runtime]);
  const { bus, registry } = runtime;
  runtime.addPlugin(POOL);
  bus.attach("*", () => {
    throw new Error("handler");
  });
  bus.attach("pool.used", () => Promise.reject(new Error("handler")));
  registry.gauge({
    name: "app_broken",
    help: "Its collect throws.",
    collect: () => {
      throw new Error("collector");
    },
  });
  runtime.addSource({
    name: "broken",
    registry: {
      metrics: () => {
        throw new Error("source");
      },
    },
  });
  for (let i = 0; i < 3; i++) {
    bus.emit("pool.used", {});
    bus.emit("rsolv.billing.invoice_paid", { count: NaN, amount_cents: -1 }, { plan: { no: 1 } });
    bus.emit("rsolv.billing.invoice_paid", { amount_cents: 990 }, { plan: "pro" });
  }
  let text = "";
  const failed = (poll: string) =>
    sampleOf(text, `muster_polls_total{outcome="failed",poll="pool.${poll}"}`) ?? 0;
  await until(async () => {
    ({ text } = await ask(runtime, "/metrics"));
    return ["throws", "rejects", "nonsense"].every((poll) => failed(poll) > 0) &&
      sampleOf(text, 'muster_source_failures_total{source="broken"}') !== 0;
  }, { what: "all of it to have crashed", details: () => text });

  const families = new Map(parseText(text).map((family) => [family.name, family]));
  assertEquals(sampleOf(text, "pool_used_total"), 3);
  assertEquals(sampleOf(text, 'pool_size{node="one"}'), 7);
  const paid = 'rsolv_billing_invoice_paid_total{plan="pro"}';
  assertEquals(sampleOf(text, paid), 3);
  assertEquals(sampleOf(text, "muster_telemetry_handler_failures_total"), 2);
  const broken = ["app_broken", "pool_thrown", "pool_rejected", "pool_nonsense"];
  assertEquals(broken.map((name) => families.get(name)?.samples.length ?? 0), [0, 0, 0, 0]);
});

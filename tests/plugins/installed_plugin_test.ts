import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { silentLog } from "../../src/io/log.ts";
import { Registry } from "../../src/metrics/registry.ts";
import {
  definePlugin,
  type Plugin,
  type PluginOptions,
  type Reading,
} from "../../src/plugins/plugin.ts";
import { Plugins } from "../../src/plugins/plugins.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { FakeClock } from "../fake_clock.ts";
import { rendered } from "../exposition/rendered.ts";

const MAIL = definePlugin({
  name: "mail",
  help: "E-mail that is sent.",
  metrics: {
    "mail.sent.total": {
      kind: "counter",
      help: "Mails sent.",
      group: "sent",
      labels: ["template", "via"],
    },
    "mail.bytes.total": { kind: "counter", help: "Bytes sent.", group: "size" },
    "mail.duration.seconds": {
      kind: "histogram",
      help: "Time to hand over a mail.",
      group: "sent",
      labels: ["via"],
      buckets: [0.1, 1],
    },
    "mail.under_way": { kind: "gauge", help: "Mails under way.", group: "sent", merge: "sum" },
  },
  events: {
    "mail.sent": {
      help: "A mail was handed over.",
      bindings: [
        { metric: "mail.sent.total", labels: { via: "server" } },
        { metric: "mail.bytes.total", measurement: "bytes", when: { status: ["ok", "late"] } },
        {
          metric: "mail.duration.seconds",
          measurement: "duration_ms",
          convert: "ms_to_seconds",
          labels: { via: "server" },
        },
        { metric: "mail.under_way", effect: "subtract" },
      ],
    },
    "mail.begun": {
      help: "A mail begins.",
      bindings: [{ metric: "mail.under_way", effect: "add" }],
    },
  },
});

function installed(
  plugin: Plugin,
  options: Partial<PluginOptions> = {},
) {
  const clock = new FakeClock();
  const bus = createBus(silentLog);
  const registry = new Registry();
  const plugins = new Plugins({ bus, registry, clock, log: silentLog, hash: (text) => `#${text}` });
  plugins.add(plugin, options);
  const lines = () => {
    registry.shard.stamp();
    // Neither comments nor what plugins say of themselves.
    return rendered(registry.shard).split("\n").filter((line) => !/^(#|muster_|$)/.test(line));
  };
  return { bus, registry, clock, lines };
}

Deno.test("an event moves each metric that is bound to it, by the names with the prefix", () => {
  const { bus, lines } = installed(MAIL, { prefix: "acme" });
  bus.emit("acme.mail.begun", {});
  bus.emit("acme.mail.begun", { count: 2 });
  bus.emit("acme.mail.sent", { bytes: 5, duration_ms: 250 }, { status: "ok", server: "a" });
  bus.emit("acme.mail.sent", { bytes: 7, count: 3 }, { status: "failed", template: 7 });
  bus.emit("mail.sent", { bytes: 1 }, { status: "ok" });
  assertEquals(lines(), [
    "acme_mail_bytes_total 5",
    'acme_mail_duration_seconds_bucket{via="a",le="0.1"} 0',
    'acme_mail_duration_seconds_bucket{via="a",le="1.0"} 1',
    'acme_mail_duration_seconds_bucket{via="a",le="+Inf"} 1',
    'acme_mail_duration_seconds_sum{via="a"} 0.25',
    'acme_mail_duration_seconds_count{via="a"} 1',
    'acme_mail_sent_total{template="",via="a"} 1',
    'acme_mail_sent_total{template="7",via=""} 3',
    "acme_mail_under_way -1",
  ]);
});

Deno.test("a group that is dropped has no metrics, and the rest of its event still counts", () => {
  const { bus, registry, lines } = installed(MAIL, { prefix: "", dropMetricsGroups: ["sent"] });
  bus.emit("mail.sent", { bytes: 5 }, { status: "late" });
  assertEquals(lines(), ["mail_bytes_total 5"]);
  assertEquals(rendered(registry.shard).match(/^# TYPE mail.*/gm), [
    "# TYPE mail_bytes_total counter",
  ]);
});

Deno.test("an option that names what the plugin does not have is refused with what it has", () => {
  assertThrows(
    () => installed(MAIL, { dropMetricsGroups: ["sizes"] }),
    TypeError,
    'Cannot install the plugin "mail": dropMetricsGroups must name sent, size: received "sizes"',
  );
  assertThrows(
    () => installed(MAIL, { buckets: { "mail.bytes.total": [1] } }),
    TypeError,
    'buckets must name mail.duration.seconds: received "mail.bytes.total"',
  );
});

Deno.test("buckets are an option", () => {
  const { bus, lines } = installed(MAIL, { buckets: { "mail.duration.seconds": [7] } });
  bus.emit("rsolv.mail.sent", { duration_ms: 7_000 });
  assertEquals(lines().filter((line) => line.includes("_bucket")), [
    'rsolv_mail_duration_seconds_bucket{via="",le="7.0"} 1',
    'rsolv_mail_duration_seconds_bucket{via="",le="+Inf"} 1',
  ]);
});

Deno.test("a number that can't be taken is left out and counted, and what follows is measured", () => {
  const { bus, registry, lines } = installed(MAIL, { dropMetricsGroups: ["size"] });
  // Emitters without types may do this.
  bus.emit("rsolv.mail.sent", null as never, null as never);
  for (const duration_ms of [NaN, 2 ** 53, -1, "7" as unknown as number, 500]) {
    bus.emit("rsolv.mail.sent", { duration_ms, count: NaN }, { template: "x".repeat(300) });
  }
  assertEquals(lines().filter((line) => line.includes("_count")), [
    'rsolv_mail_duration_seconds_count{via=""} 1',
  ]);
  assertEquals(bus.handlerFailures, 0);
  const unusable = rendered(registry.shard).match(/^muster_unusable.*/gm);
  assertEquals(unusable, [
    'muster_unusable_measurements_total{metric="rsolv_mail_sent_total",measurement="count"} 5',
    'muster_unusable_measurements_total{metric="rsolv_mail_duration_seconds",measurement="duration_ms"} 4',
    'muster_unusable_measurements_total{metric="rsolv_mail_under_way",measurement="count"} 5',
  ]);
});

Deno.test("a label is dropped, hashed, or kept for the busiest alone, as its rule says", () => {
  const sent = (labelRules: PluginOptions["labelRules"]) => {
    const { bus, lines } = installed(MAIL, { labelRules });
    for (const template of ["a", "b", "b", "b", ""]) bus.emit("rsolv.mail.sent", {}, { template });
    return lines().filter((line) => line.startsWith("rsolv_mail_sent_total"));
  };
  assertEquals(sent({ template: "drop" }), ['rsolv_mail_sent_total{via=""} 5']);
  assertEquals(sent({ template: "hash" }), [
    'rsolv_mail_sent_total{template="#a",via=""} 1',
    'rsolv_mail_sent_total{template="#b",via=""} 3',
    'rsolv_mail_sent_total{template="",via=""} 1',
  ]);
  assertEquals(sent({ template: { top: 1 } }), [
    'rsolv_mail_sent_total{template="a",via=""} 1',
    'rsolv_mail_sent_total{template="_other",via=""} 1',
    'rsolv_mail_sent_total{template="b",via=""} 2',
    'rsolv_mail_sent_total{template="",via=""} 1',
  ]);
  const long = installed(MAIL);
  long.bus.emit("rsolv.mail.sent", {}, { template: "x".repeat(5_000) });
  assertEquals(long.lines().filter((line) => line.includes("x".repeat(256))).length, 1);
});

Deno.test("an event of a customer counts as one use of its name, whatever number of metrics it moves", () => {
  const shop = definePlugin({
    name: "shop",
    help: "A shop.",
    metrics: {
      "sales.total": { kind: "counter", help: "Sales.", group: "sales", labels: ["customer_id"] },
      "sales.cents.total": {
        kind: "counter",
        help: "Cents.",
        group: "sales",
        labels: ["customer_id"],
      },
    },
    events: {
      sale: {
        help: "A sale.",
        bindings: [{ metric: "sales.total" }, {
          metric: "sales.cents.total",
          measurement: "cents",
        }],
      },
    },
  });
  const { bus, lines } = installed(shop, { labelRules: { customer_id: { top: 1 } }, prefix: "" });
  for (const customer_id of ["a", "a", "b", "b", "b", "b"]) {
    bus.emit("sale", { cents: 5 }, { customer_id });
  }
  // "b" enters with its third use: two are not a quarter more than the two of "a".
  assertEquals(lines(), [
    'sales_cents_total{customer_id="a"} 10',
    'sales_cents_total{customer_id="_other"} 10',
    'sales_cents_total{customer_id="b"} 10',
    'sales_total{customer_id="a"} 2',
    'sales_total{customer_id="_other"} 2',
    'sales_total{customer_id="b"} 2',
  ]);
});

Deno.test("names come to the top and leave it, and no counter falls and nothing is counted twice", () => {
  const customers = fc.array(fc.constantFrom(..."abcdefgh"), { minLength: 1, maxLength: 120 });
  fc.assert(
    fc.property(customers, (stream) => {
      const { bus, lines } = installed(MAIL, { labelRules: { template: { top: 2 } } });
      let before = new Map<string, number>();
      stream.forEach((template, i) => {
        bus.emit("rsolv.mail.sent", {}, { template });
        const sent = lines().filter((line) => line.startsWith("rsolv_mail_sent_total"));
        const now = new Map(
          sent.map((line) => line.split(" ")).map(([name, value]) => {
            return [name!, Number(value)] as const;
          }),
        );
        for (const [name, value] of before) assert(now.get(name)! >= value, `${name} fell`);
        assertEquals([...now.values()].reduce((a, b) => a + b, 0), i + 1);
        before = now;
      });
    }),
    { numRuns: 30 },
  );
});

Deno.test("a poll's gauges show what it read last, and nothing before, while it fails, or when gone", async () => {
  type Answer = readonly Reading[] | Error;
  let answer: Answer = [];
  const pool = definePlugin({
    name: "pool",
    help: "A pool.",
    metrics: {
      "pool.size": { kind: "gauge", help: "Size.", group: "pool" },
      "pool.waiting": { kind: "gauge", help: "Waiting.", group: "pool", labels: ["queue"] },
      "pool.made.total": { kind: "counter", help: "Made.", group: "pool" },
    },
    polls: {
      state: {
        help: "The pool's state.",
        metrics: ["pool.size", "pool.waiting", "pool.made.total"],
        everyMs: 1_000,
        read: async () => {
          await Promise.resolve();
          if (answer instanceof Error) throw answer;
          return answer;
        },
      },
    },
  });
  const { clock, lines } = installed(pool, { prefix: "" });
  const after = async (next: Answer, ms: number) => {
    answer = next;
    await clock.advance(ms);
    return lines();
  };
  assertEquals(lines(), ["pool_made_total 0"]);
  const size = (value: number) => ({ metric: "pool.size", value });
  const waiting = (queue: string, value: number) => ({
    metric: "pool.waiting",
    value,
    labels: { queue },
  });
  const made = (value: number) => ({ metric: "pool.made.total", value });
  assertEquals(await after([size(3), waiting("a", 1), waiting("b", 2), made(7)], 1_000), [
    "pool_made_total 7",
    "pool_size 3",
    'pool_waiting{queue="a"} 1',
    'pool_waiting{queue="b"} 2',
  ]);
  assertEquals(await after([size(3), waiting("b", 2), made(2)], 1_000), [
    "pool_made_total 7",
    "pool_size 3",
    'pool_waiting{queue="b"} 2',
  ]);
  assertEquals(await after(new Error("down"), 1_000), ["pool_made_total 7"]);
  assertEquals(await after([size(3)], 1_000), ["pool_made_total 7", "pool_size 3"]);
  assertEquals(await after([size(NaN)], 1_000), ["pool_made_total 7"]);
});

Deno.test("a poll's info shows the facts that it read last, also when they change, and none when gone", async () => {
  let leaders = ["a"];
  const { clock, lines } = installed(definePlugin({
    name: "lead",
    help: "Who leads.",
    metrics: {
      "lead.leader.info": { kind: "info", help: "The leader.", group: "lead", labels: ["who"] },
    },
    polls: {
      leader: {
        help: "Who leads.",
        metrics: ["lead.leader.info"],
        read: () =>
          leaders.map((who) => ({ metric: "lead.leader.info", value: 1, labels: { who } })),
      },
    },
  }));
  for (const who of ["a", "b", "a", "c"]) {
    leaders = [who];
    await clock.advance(10_000);
    assertEquals(lines(), [`rsolv_lead_leader_info{who="${who}"} 1`]);
  }
  leaders = [];
  await clock.advance(10_000);
  assertEquals(lines(), []);
});

Deno.test("an event that a metric can't take in the end is counted as such, and the next is measured", () => {
  const { bus, registry, lines } = installed(MAIL, { dropMetricsGroups: ["size"] });
  const hostile = {
    get template(): string {
      throw new Error("not loaded");
    },
  };
  bus.emit("rsolv.mail.sent", { duration_ms: 1 }, hostile);
  bus.emit("rsolv.mail.sent", {}, {});
  assertEquals(bus.handlerFailures, 0);
  assertEquals(lines()[0], 'rsolv_mail_sent_total{template="",via=""} 1');
  const unusable = rendered(registry.shard).split("\n").filter((line) =>
    line.startsWith("muster_unusable_measurements_total{")
  );
  assertEquals(unusable.length, 3, "one for each metric of the event");
});

Deno.test("a gauge that an event would make infinite stays, and its event's handler too", () => {
  const { bus, lines } = installed(definePlugin({
    name: "disk",
    help: "Disks.",
    metrics: { "disk.bytes": { kind: "gauge", help: "Used.", group: "disk" } },
    events: {
      "disk.used": {
        help: "Space was used.",
        bindings: [{
          metric: "disk.bytes",
          measurement: "kib",
          convert: "kibibytes_to_bytes",
        }],
        measurements: { kib: { max: Number.MAX_VALUE } },
      },
    },
  }));
  bus.emit("rsolv.disk.used", { kib: 1 });
  bus.emit("rsolv.disk.used", { kib: Number.MAX_VALUE });
  assertEquals(lines(), ["rsolv_disk_bytes 1024"]);
  bus.emit("rsolv.disk.used", { kib: 2 });
  assertEquals([lines(), bus.handlerFailures], [["rsolv_disk_bytes 2048"], 0]);
});

import { assertEquals, assertThrows } from "@std/assert";
import {
  definePlugin,
  type PluginDefinition,
  type PluginOptions,
} from "../../src/plugins/plugin.ts";
import { silentLog } from "../../src/io/log.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { Plugins } from "../../src/plugins/plugins.ts";
import { createBus, HANDLERS_MAX } from "../../src/telemetry/bus.ts";
import { FakeClock } from "../fake_clock.ts";

const MAIL: PluginDefinition = {
  name: "mail",
  help: "E-mail.",
  metrics: {
    "mail.sent.total": { kind: "counter", help: "Mails.", group: "sent", labels: ["via"] },
    "mail.seconds": { kind: "histogram", help: "Time.", group: "sent", buckets: [1] },
    "mail.queue": { kind: "gauge", help: "Waiting.", group: "queue" },
  },
  events: { "mail.sent": { help: "Sent.", bindings: [{ metric: "mail.sent.total" }] } },
  polls: { queue: { help: "The queue.", metrics: ["mail.queue"], read: () => [] } },
};

Deno.test("definePlugin refuses what contradicts itself, and says where", () => {
  const counter = { kind: "counter", help: "", group: "g" } as const;
  const bound = (binding: object): Partial<PluginDefinition> => ({
    events: { e: { help: "", bindings: [{ metric: "mail.queue", ...binding }] } },
  });
  const ruled = (measurements: object): Partial<PluginDefinition> => ({
    events: {
      e: {
        help: "",
        bindings: [{ metric: "mail.sent.total", measurement: "n" }],
        measurements: measurements as Record<string, { min?: number }>,
      },
    },
  });
  const polled = (poll: object): Partial<PluginDefinition> => ({
    polls: { p: { help: "", metrics: ["mail.queue"], read: () => [], ...poll } },
  });
  const cases: readonly [Partial<PluginDefinition>, string][] = [
    [
      { name: "Mail" },
      'name must be a word of lower-case letters, digits and underscores: received "Mail"',
    ],
    [{ metrics: { "Mail": counter } }, "a metric's name must be words with dots between"],
    [
      { metrics: { "a.sent": counter } },
      'the name of the counter must be one that ends in ".total"',
    ],
    [
      { metrics: { "a.subtotal": counter } },
      'the name of the counter must be one that ends in ".total"',
    ],
    [
      { metrics: { "a.facts": { kind: "info", help: "", group: "g", labels: ["x"] } } },
      'the name of the info must be one that ends in ".info"',
    ],
    [{ metrics: { "a.total": { ...counter, group: "G" } } }, "group of a.total must be a word"],
    [
      { metrics: { "a.total": { ...counter, labels: ["x-y"] } } },
      'cannot register "a_total": a label name must match',
    ],
    [{ events: { "e e": { help: "", bindings: [] } } }, "an event's name must be words with dots"],
    [bound({ metric: "mail.missing" }), "metric of the event e must be a metric of the plugin"],
    [bound({ labels: { to: "x" } }), "labels of the event e for mail.queue must be among none"],
    [
      bound({ convert: "miles" }),
      "convert of the event e for mail.queue must be one of ns_to_seconds",
    ],
    [bound({ metric: "mail.seconds", effect: "add" }), "must be left out, as only gauges have one"],
    [
      polled({ metrics: ["mail.seconds"] }),
      "metrics of the poll p must be gauges, counters and infos",
    ],
    [polled({ everyMs: 0 }), "everyMs of the poll p must be at least 1: received 0"],
    [{ name: undefined as never }, "name must be a word of lower-case letters"],
    [{ help: 7 as never }, "help of the plugin must be a string: received 7"],
    [{ events: [] as never }, "events must be an object, by name: received []"],
    [{ options: null as never }, "options must be an object, by name: received null"],
    [{ polls: "p" as never }, 'polls must be an object, by name: received "p"'],
    [{ metrics: { a: null as never } }, "the metric a must be an object: received null"],
    [
      { metrics: { a: { ...counter, kind: "timer" as never } } },
      "kind of a must be one of counter, gauge, histogram, native_histogram, summary, info: " +
      'received "timer"',
    ],
    [
      { metrics: { "a.total": { ...counter, labels: "via" as never } } },
      'labels of a.total must be a list: received "via"',
    ],
    [
      { metrics: { "a.total": { ...counter, values: [] as never } } },
      "values of a.total must be an object, by label",
    ],
    [
      { metrics: { "a.total": { ...counter, labels: ["muster_overflow"] } } },
      'cannot register "a_total": a label must not be named "muster_overflow"',
    ],
    [
      { metrics: { a: { kind: "histogram", help: "", group: "g", buckets: [2, 1] } } },
      'cannot register "a": buckets must ascend',
    ],
    [
      { metrics: { a: { kind: "histogram", help: "", group: "g" } as never } },
      "buckets of a must be a list: received nothing",
    ],
    [
      { metrics: { a: { kind: "summary", help: "", group: "g", maxAgeMs: -1 } } },
      'cannot register "a": maxAgeMs must be',
    ],
    [
      {
        metrics: {
          "a.b": { kind: "gauge", help: "", group: "g" },
          a_b: { kind: "gauge", help: "", group: "g" },
        },
      },
      '"a_b" is registered already',
    ],
    [{ events: { e: null as never } }, "the event e must be an object: received null"],
    [{ events: { e: { help: "" } as never } }, "bindings of the event e must be a list"],
    [
      { events: { e: { help: "", bindings: [null as never] } } },
      "a binding of the event e must be an object: received null",
    ],
    [bound({ effect: "multiply" }), "effect of the event e for mail.queue must be one of set, add"],
    [bound({ labels: null }), "labels of the event e for mail.queue must be an object, by label"],
    [bound({ when: 7 }), "when of the event e for mail.queue must be an object, by key"],
    [bound({ measurement: 7 }), "measurement of the event e for mail.queue must be a string"],
    [
      bound({ fallback: "1" }),
      "fallback of the event e for mail.queue must be a number from 0 to 9007199254740991: " +
      'received "1"',
    ],
    [bound({ fallback: -1 }), "fallback of the event e for mail.queue must be a number from 0 to"],
    [ruled({ n: { min: 5, max: 1 } }), "measurements.n of the event e must be a range from min to"],
    [ruled({ n: { max: -1 } }), 'received {"min":0,"max":-1}'],
    [ruled({ n: { min: NaN } }), "measurements.n of the event e must be a range from min to max"],
    [ruled({ n: null }), "measurements.n of the event e must be an object with min or max"],
    [
      ruled({ n: { min: -10 } }),
      "measurements.n.min of the event e for mail.sent.total must be at least 0, as a counter never " +
      "falls: received -10",
    ],
    [polled({ read: undefined }), "read of the poll p must be a function: received nothing"],
    [polled({ metrics: undefined }), "metrics of the poll p must be a list: received nothing"],
    [
      { polls: { "p.q": { help: "", metrics: [], read: () => [] } } },
      "a poll's name must be a word",
    ],
  ];
  definePlugin(MAIL);
  for (const [change, message] of cases) {
    const metrics = { ...MAIL.metrics, ...change.metrics };
    const error = assertThrows(() => definePlugin({ ...MAIL, ...change, metrics }), TypeError);
    assertEquals(error.message.includes(message), true, `${error.message}\n${message}`);
  }
});

Deno.test("definePlugin refuses what is no plugin at all", () => {
  const define = definePlugin as (definition: unknown) => void;
  assertThrows(() => define(null), TypeError, "Cannot define a plugin: it must be an object");
  assertThrows(
    () => define({ name: "x", help: "" }),
    TypeError,
    'Cannot define the plugin "x": metrics must be an object, by name: received nothing',
  );
});

Deno.test("a plugin that is refused leaves nothing behind, so that it can be added when it is corrected", () => {
  const { registry, plugins, bus } = host(true);
  const before = registry.shard.layout.families.length;
  registry.counter({ name: "rsolv_mail_seconds", help: "" });
  const plugin = definePlugin(MAIL);
  assertThrows(() => plugins.add(plugin), TypeError, '"rsolv_mail_seconds" is registered already');
  assertEquals(registry.shard.layout.families.length, before + 1);
  assertEquals([plugins.installed.size, bus.isListening("rsolv.mail.sent")], [0, false]);
  const { "mail.seconds": _, ...others } = MAIL.metrics;
  plugins.add(definePlugin({ ...MAIL, metrics: others }));
  assertEquals(bus.isListening("rsolv.mail.sent"), true);
  plugins[Symbol.dispose]();
});

Deno.test("a plugin that can't listen to all of its events listens to none", () => {
  const { bus, plugins } = host(true);
  const ends = Array.from({ length: HANDLERS_MAX - 1 }, () => bus.attach("other", () => {}));
  const { "mail.sent": sent } = MAIL.events!;
  const plugin = definePlugin({ ...MAIL, events: { "mail.sent": sent!, "mail.begun": sent! } });
  assertThrows(() => plugins.add(plugin), RangeError, "handlers must be at most");
  for (const end of ends) end();
  assertEquals([bus.isListening("rsolv.mail.sent"), plugins.installed.size], [false, 0]);
});

Deno.test("a plugin that finds no room for all of its metrics registers none", () => {
  const registry = new Registry({ cellsMax: 20 });
  const bus = createBus(silentLog);
  const hash = (text: string) => text;
  const plugins = new Plugins({ bus, registry, clock: new FakeClock(), log: silentLog, hash });
  const before = registry.shard.layout.families.length;
  const buckets = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const histogram = { kind: "histogram", help: "", group: "g", buckets } as const;
  const plugin = definePlugin({ name: "wide", help: "", metrics: { a: histogram, b: histogram } });
  assertThrows(() => plugins.add(plugin), RangeError, 'Cannot register "rsolv_b"');
  assertEquals(registry.shard.layout.families.length, before);
  plugins.add(definePlugin({ name: "wide", help: "", metrics: { a: histogram } }));
  plugins[Symbol.dispose]();
});

function host(isCollecting: boolean) {
  const clock = new FakeClock();
  const bus = createBus(silentLog);
  const registry = new Registry();
  const hash = (text: string) => text;
  const plugins = new Plugins({ bus, registry, clock, log: silentLog, hash, isCollecting });
  return { clock, bus, registry, plugins };
}

Deno.test("Plugins.add refuses wrong options and a name that is in use", () => {
  const { plugins } = host(true);
  const plugin = definePlugin(MAIL);
  const cases: readonly [Partial<PluginOptions>, string][] = [
    [{ prefix: "a.b" }, "prefix must be a word of a-z, 0-9 and _, or empty"],
    [{ pollMs: 0 }, "pollMs must be at least 1"],
    [{ prefix: undefined as never }, "prefix must be a word of a-z, 0-9 and _, or empty"],
    [{ labelRules: { via: null as never } }, "the rule of via must be keep, drop, hash, or a top"],
    [{ labelRules: { via: { top: 0 } } }, "the rule of via must be keep, drop, hash, or a top"],
    [
      { labelRules: { via: "md5" as "hash" } },
      "the rule of via must be keep, drop, hash, or a top",
    ],
  ];
  for (const [options, message] of cases) {
    assertThrows(() => plugins.add(plugin, options), TypeError, message);
  }
  plugins.add(plugin);
  assertThrows(() => plugins.add(plugin), TypeError, "it is installed already");
});

Deno.test("a plugin that has ended hears nothing and polls no more", async () => {
  const { clock, bus, plugins } = host(true);
  plugins.add(definePlugin(MAIL));
  assertEquals([bus.isListening("rsolv.mail.sent"), clock.pending], [true, 1]);
  plugins[Symbol.dispose]();
  await clock.advance(100_000);
  assertEquals([bus.isListening("rsolv.mail.sent"), clock.pending], [false, 0]);
});

Deno.test("with metrics switched off a plugin is taken, but nothing is registered, heard or polled", () => {
  const { clock, bus, registry, plugins } = host(false);
  plugins.add(definePlugin(MAIL));
  assertEquals(registry.shard.layout.families, []);
  assertEquals([bus.isListening("rsolv.mail.sent"), clock.pending, plugins.events.size], [
    false,
    0,
    0,
  ]);
});

Deno.test("events of an internal plugin are measured, and not taken from outside", () => {
  const { bus, plugins } = host(true);
  plugins.add(definePlugin({ ...MAIL, isInternal: true }));
  assertEquals([bus.isListening("rsolv.mail.sent"), plugins.events.size], [true, 0]);
});

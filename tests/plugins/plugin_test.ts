import { assertEquals, assertThrows } from "@std/assert";
import {
  definePlugin,
  type PluginDefinition,
  type PluginOptions,
} from "../../src/plugins/plugin.ts";
import { silentLog } from "../../src/io/log.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { Plugins } from "../../src/plugins/plugins.ts";
import { createBus } from "../../src/telemetry/bus.ts";
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
      "a label of a.total must be letters",
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

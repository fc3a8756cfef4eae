import { assertEquals, assertThrows } from "@std/assert";
import { silentLog } from "../../src/io/log.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { InstalledPlugin } from "../../src/plugins/installed_plugin.ts";
import { definePlugin, type Plugin, type PluginOptions } from "../../src/plugins/plugin.ts";
import { type Bus, createBus } from "../../src/telemetry/bus.ts";
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
): { readonly bus: Bus; readonly registry: Registry; readonly lines: () => string[] } {
  const bus = createBus(silentLog);
  const registry = new Registry();
  new InstalledPlugin(plugin, { bus, registry }, options);
  const lines = () => {
    registry.shard.stamp();
    return rendered(registry.shard).split("\n").filter((line) =>
      line !== "" && !line.startsWith("#")
    );
  };
  return { bus, registry, lines };
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
  assertEquals(rendered(registry.shard).match(/^# TYPE .*/gm), ["# TYPE mail_bytes_total counter"]);
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

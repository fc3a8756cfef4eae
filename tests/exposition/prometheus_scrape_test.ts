import { assertEquals } from "@std/assert";
import { TEXT_CONTENT_TYPE } from "../../src/exposition/content_type.ts";
import { TextRenderer } from "../../src/exposition/text.ts";
import { Prometheus } from "../servers/prometheus.ts";
import { until } from "../until.ts";
import { HOSTILE_VALUES, hostileRegistry } from "./hostile_registry.ts";
import { joined } from "./rendered.ts";

Deno.test("TextRenderer writes hostile labels so that Prometheus stores them as they were", async () => {
  const body = joined(new TextRenderer().render(hostileRegistry().shard));
  const headers = { "content-type": TEXT_CONTENT_TYPE };
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(body, { headers }),
  );
  await using prometheus = await Prometheus.start({
    scrapeConfigs:
      `- job_name: m\n  static_configs: [{targets: ["127.0.0.1:${server.addr.port}"]}]`,
  });
  const series = await until(async () => {
    const found = await prometheus.query("c_total");
    return found.length > 0 && found;
  }, { what: "the first scrape", deadlineMs: 20_000, details: () => prometheus.log });
  const stored = series.map(({ metric, value }) => [metric.a ?? "", metric.b ?? "", value![1]]);
  const expected = HOSTILE_VALUES.map((a, i) => [
    a.toWellFormed(),
    HOSTILE_VALUES.at(-1 - i)!.toWellFormed(),
    String(i + 0.1),
  ]);
  assertEquals(
    stored.map((row) => JSON.stringify(row)).sort(),
    expected.map((row) => JSON.stringify(row)).sort(),
  );
  assertEquals(await prometheus.value("sum(h_seconds_count)"), HOSTILE_VALUES.length);
  assertEquals(await prometheus.value("count(h_seconds_bucket)"), HOSTILE_VALUES.length * 12);
});

import { assertEquals } from "@std/assert";
import { TextRenderer } from "../../src/exposition/text.ts";
import { silentLog } from "../../src/io/log.ts";
import { Registry } from "../../src/metrics/registry.ts";
import {
  type ApplicationParts,
  applicationPlugin,
  FACTS_MAX,
} from "../../src/plugins/application.ts";
import { Plugins } from "../../src/plugins/plugins.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { FakeClock } from "../fake_clock.ts";

function installed(parts: Partial<ApplicationParts>) {
  const clock = new FakeClock();
  const registry = new Registry();
  const bus = createBus(silentLog);
  const plugins = new Plugins({ registry, bus, clock, log: silentLog, hash: (text) => text });
  plugins.add(applicationPlugin({
    application: {},
    gitSha: undefined,
    gitAuthor: undefined,
    startedAtMs: clock.nowMs() - 2_500,
    clock,
    ...parts,
  }));
  return {
    clock,
    plugins,
    async lines(pattern: RegExp): Promise<string[]> {
      registry.shard.stamp();
      const text = await new Blob([...new TextRenderer().render(registry.shard)]).text();
      return text.split("\n").filter((line) => !line.startsWith("#") && pattern.test(line));
    },
  };
}

Deno.test("the plugin application tells what the application is, and nothing that is not known", async () => {
  const { plugins, clock, lines } = installed({
    application: { name: "shop", version: "1.2.0" },
    gitSha: "3f2a9c1",
  });
  assertEquals(await lines(/^application/), [
    'application_git_sha_info{sha="3f2a9c1"} 1',
    'application_primary_info{name="shop",version="1.2.0"} 1',
    "application_uptime_seconds 2.5",
  ]);
  await clock.advance(10_000);
  assertEquals(await lines(/^application_uptime/), ["application_uptime_seconds 12.5"]);
  plugins[Symbol.dispose]();
});

Deno.test("the plugin application reads versions out of specifiers", async () => {
  const dependencies = {
    "hono": "npm:hono@4.13.19",
    "@std/assert": "npm:deno-std@1.4.0/assert/mod.js",
    "@logtape/logtape": "npm:@logtape/logtape@2.4.2",
    "kubernetes-models/": "npm:/kubernetes-models@5.1.0/",
    "ranged": "jsr:@scope/ranged@^1.2.3",
    "plain": "7.0.0",
    "unversioned": "npm:chalk",
  };
  const { plugins, lines } = installed({ application: { dependencies } });
  const versions = (await lines(/dependency/)).map((line) => /version="([^"]*)"/.exec(line)![1]);
  assertEquals(versions, ["4.13.19", "1.4.0", "2.4.2", "5.1.0", "^1.2.3", "7.0.0", "npm:chalk"]);
  plugins[Symbol.dispose]();
});

Deno.test("the plugin application asks for features at each poll, hides them where that fails, and bounds them", async () => {
  let features: () => Record<string, boolean> = () => ({ search: true, chat: false });
  const { clock, plugins, lines } = installed({ application: { features: () => features() } });
  assertEquals(await lines(/^application_feature/), [
    'application_feature_enabled{feature="search"} 1',
    'application_feature_enabled{feature="chat"} 0',
  ]);
  features = () => {
    throw new Error("no flags");
  };
  await clock.advance(10_000);
  assertEquals(await lines(/^application_feature/), []);
  assertEquals((await lines(/^application_(uptime|primary)/)).length, 2);
  const many = Array.from({ length: FACTS_MAX + 5 }, (_, i) => [`f${i}`, true] as const);
  features = () => Object.fromEntries(many);
  await clock.advance(40_000);
  assertEquals((await lines(/^application_feature/)).length, FACTS_MAX);
  plugins[Symbol.dispose]();
});

Deno.test("the plugin application takes features that come later, and survives that they don't", async () => {
  let features = () => Promise.resolve({ search: true });
  const { clock, plugins, lines } = installed({ application: { features: () => features() } });
  await clock.advance(0);
  assertEquals(await lines(/^application_feature/), [
    'application_feature_enabled{feature="search"} 1',
  ]);
  features = () => Promise.reject(new Error("no flags"));
  await clock.advance(10_000);
  assertEquals(await lines(/^application_feature/), []);
  plugins[Symbol.dispose]();
});

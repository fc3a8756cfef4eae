import { assertEquals } from "@std/assert";
import { TextRenderer } from "../../src/exposition/text.ts";
import { type Collection, GcProfile } from "../../src/io/gc_profile.ts";
import { silentLog } from "../../src/io/log.ts";
import { LOOP_LOOK_MS } from "../../src/io/loop_lag.ts";
import { type ProcUsage, readProcessUsage } from "../../src/io/process_usage.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { type DenoParts, denoPlugin } from "../../src/plugins/deno.ts";
import { Plugins } from "../../src/plugins/plugins.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { FakeClock } from "../fake_clock.ts";

const USAGE = readProcessUsage();

function installed(parts: Partial<DenoParts>) {
  const clock = new FakeClock();
  const registry = new Registry();
  const bus = createBus(silentLog);
  const plugins = new Plugins({ registry, bus, clock, log: silentLog, hash: (text) => text });
  plugins.add(denoPlugin({
    bus,
    clock,
    facts: { versions: { deno: "2.9.6", v8: "15.0", typescript: "6.0" }, startedAtMs: 1_500 },
    readUsage: () => USAGE,
    readProc: () => ({}),
    garbage: new GcProfile(),
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

Deno.test("the plugin deno shows what /proc tells while it may be read, and makes up nothing", async () => {
  let proc: ProcUsage = {};
  const { clock, plugins, lines } = installed({ readProc: () => proc });
  const told = /^process_(open_fds|max_fds|threads|virtual)/;
  assertEquals(await lines(told), []);
  proc = { openFds: 12, threads: 7 };
  await clock.advance(10_000);
  assertEquals(await lines(told), ["process_open_fds 12", "process_threads 7"]);
  proc = {};
  await clock.advance(10_000);
  assertEquals(await lines(told), []);
  plugins[Symbol.dispose]();
});

Deno.test("the plugin deno tells how late the loop was, at most and each time", async () => {
  const { clock, plugins, lines } = installed({});
  assertEquals(await lines(/^deno_event_loop_lag_max/), []);
  await clock.advance(9_000);
  clock.jump(300 + LOOP_LOOK_MS);
  await clock.advance(1_000);
  assertEquals(await lines(/^deno_event_loop_lag_max/), ["deno_event_loop_lag_max_seconds 0.3"]);
  const [below] = await lines(/_bucket\{le="0.25"\}/);
  const [count] = await lines(/^deno_event_loop_lag_seconds_count/);
  assertEquals(Number(count!.split(" ")[1]) - Number(below!.split(" ")[1]), 1);
  await clock.advance(10_000);
  assertEquals(await lines(/^deno_event_loop_lag_max/), ["deno_event_loop_lag_max_seconds 0"]);
  plugins[Symbol.dispose]();
  // Nothing is watched any more.
  assertEquals(clock.pending, 0);
});

Deno.test("the plugin deno adds up what was collected, and ends the profile when it ends", async () => {
  const calls: string[] = [];
  const collections: Collection[] = [];
  const { clock, plugins, lines } = installed({
    garbage: {
      start: () => calls.push("start"),
      take: () => collections.splice(0),
      stop: () => calls.push("stop"),
    },
  });
  for (const reclaimedBytes of [100, 50]) {
    collections.push({ kind: "scavenge", seconds: 0.002, reclaimedBytes });
    await clock.advance(10_000);
  }
  assertEquals(await lines(/(reclaimed_bytes_total|gc_duration_seconds_(sum|count))\{kind="sc/), [
    'deno_gc_duration_seconds_sum{kind="scavenge"} 0.004',
    'deno_gc_duration_seconds_count{kind="scavenge"} 2',
    'deno_gc_reclaimed_bytes_total{kind="scavenge"} 150',
  ]);
  plugins[Symbol.dispose]();
  assertEquals(calls, ["start", "stop"]);
});

Deno.test("a poll of the plugin deno that fails hides its own gauges, and the rest stays whole", async () => {
  let isBroken = false;
  const { clock, plugins, lines } = installed({
    readUsage: () => {
      if (isBroken) throw new Error("no usage today");
      return USAGE;
    },
  });
  const counters = await lines(/^process_cpu_seconds_total/);
  assertEquals((await lines(/^(process_resident|deno_info)/)).length, 2);
  isBroken = true;
  await clock.advance(10_000);
  assertEquals(await lines(/^(process_resident|deno_info)/), []);
  assertEquals(await lines(/^process_cpu_seconds_total/), counters);
  assertEquals((await lines(/^deno_event_loop_lag_max/)).length, 1);
  isBroken = false;
  await clock.advance(30_000);
  assertEquals((await lines(/^(process_resident|deno_info)/)).length, 2);
  plugins[Symbol.dispose]();
});

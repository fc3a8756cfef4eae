import { assertEquals, assertRejects } from "@std/assert";
import { SharedRun } from "../../src/cluster/shared_run.ts";
import { settle } from "../fake_clock.ts";

interface Run {
  readonly deadlineMs: number;
  readonly end: (value: string) => void;
  readonly fail: (error: Error) => void;
}

function shared(): { readonly runs: Run[]; readonly run: SharedRun<string> } {
  const runs: Run[] = [];
  const run = new SharedRun<string>((deadlineMs) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    runs.push({ deadlineMs, end: resolve, fail: reject });
    return promise;
  });
  return { runs, run };
}

Deno.test("SharedRun never shares a run that began before the call", async () => {
  const { runs, run } = shared();
  const first = run.join(100);
  const second = run.join(300);
  const third = run.join(200);
  assertEquals(runs.length, 1);
  runs[0]!.end("first");
  assertEquals(await first, "first");
  await settle();
  assertEquals(runs.map(({ deadlineMs }) => deadlineMs), [100, 200]);
  runs[1]!.end("second");
  assertEquals([await second, await third], ["second", "second"]);
});

Deno.test("SharedRun lets nobody wait for a run that may take longer than they can", async () => {
  const { runs, run } = shared();
  const slow = run.join(9_000);
  const hurried = run.join(1_000);
  assertEquals(runs.map(({ deadlineMs }) => deadlineMs), [9_000, 1_000]);
  const next = run.join(1_001);
  assertEquals(runs.length, 2, "it can wait for the hurried one");
  runs[1]!.end("hurried");
  assertEquals(await hurried, "hurried");
  await settle();
  runs[2]!.end("next");
  assertEquals(await next, "next");
  runs[0]!.end("slow");
  assertEquals(await slow, "slow");
});

Deno.test("SharedRun has four runs under way at most, however hurried the callers", async () => {
  const { runs, run } = shared();
  const results = [50, 40, 30, 20, 10].map((deadlineMs) => run.join(deadlineMs));
  assertEquals(runs.length, 4);
  runs[2]!.end("any");
  await settle();
  assertEquals(runs.map(({ deadlineMs }) => deadlineMs), [50, 40, 30, 20, 10]);
  for (const { end } of runs) end("any");
  await Promise.all(results);
});

Deno.test("SharedRun begins the next run after one that failed, and each tells its own callers", async () => {
  const { runs, run } = shared();
  const first = run.join(1);
  const second = run.join(2);
  runs[0]!.fail(new Error("no"));
  await assertRejects(() => first, Error, "no");
  await settle();
  runs[1]!.end("yes");
  assertEquals(await second, "yes");
});

Deno.test("SharedRun never runs two at once, not even between the end of one and the next", async () => {
  const { runs, run } = shared();
  let running = 0;
  let runningMax = 0;
  const tracked = new SharedRun<string>((deadlineMs) => {
    runningMax = Math.max(runningMax, ++running);
    return run.join(deadlineMs).finally(() => running--);
  });
  const results = [tracked.join(1), tracked.join(2)];
  runs[0]!.end("first");
  for (let turn = 0; turn < 12; turn++) {
    await Promise.resolve();
    results.push(tracked.join(3 + turn));
  }
  for (let i = 1; i < 20 && running > 0; i++) {
    runs[i]?.end("next");
    await settle();
  }
  await Promise.all(results);
  assertEquals(runningMax, 1);
});

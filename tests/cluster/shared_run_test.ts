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

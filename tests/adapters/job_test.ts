import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { measureJob } from "../../src/adapters/job.ts";
import { FakeClock } from "../fake_clock.ts";
import { HeardEvents } from "./heard_events.ts";

const LABELS = { queue: "mail", worker: "send" };

Deno.test("measureJob tells how long a run and the waiting before it took", async () => {
  const heard = new HeardEvents();
  const clock = new FakeClock();
  const send = measureJob({ bus: heard.bus }, {
    ...LABELS,
    clock,
    facts: (mail: { readonly atMs: number; readonly dueMs: number }) => ({
      enqueuedAtMs: mail.atMs,
      scheduledAtMs: mail.dueMs,
      attempt: 2,
    }),
  }, async (mail) => {
    clock.jump(30);
    await Promise.resolve();
    return mail.atMs;
  });
  const nowMs = clock.wallMs();
  assertEquals(await send({ atMs: nowMs - 500, dueMs: nowMs - 20 }), nowMs - 500);
  assertEquals(heard.all, [
    ["jobs.start", { count: 1, queue_ms: 500, wait_ms: 20 }, LABELS],
    ["jobs.stop", { run_ms: 30, attempts: 2, at_ms: nowMs + 30 }, { ...LABELS, state: "success" }],
  ]);
});

Deno.test("measureJob gives and throws what the function does, now or later", async () => {
  const heard = new HeardEvents();
  const options = { worker: "work" };
  const value = {};
  assertStrictEquals(measureJob({ bus: heard.bus }, options, () => value)(), value);
  const late = { then: (onValue: (value: unknown) => unknown) => onValue("late") };
  assertEquals(measureJob({ bus: heard.bus }, options, () => late)() as unknown, "late");
  const fail = measureJob({ bus: heard.bus }, options, () => {
    throw new RangeError("now");
  });
  assertThrows(fail, RangeError, "now");
  const reject = measureJob({ bus: heard.bus }, options, () => Promise.reject(new TypeError("no")));
  await assertRejects(reject, TypeError, "no");
  assertEquals(heard.of("jobs.exception").map(([, , labels]) => labels), [
    { queue: "default", worker: "work", state: "failure", error: "RangeError" },
    { queue: "default", worker: "work", state: "failure", error: "TypeError" },
  ]);
  assertEquals(heard.of("jobs.stop").length, 2);
});

Deno.test("measureJob counts attempts by the failures in a row, as Deno.cron tells none", () => {
  const heard = new HeardEvents();
  let isBroken = true;
  const tick = measureJob({ bus: heard.bus }, { worker: "tick" }, () => {
    if (isBroken) throw new Error("not yet");
  });
  assertThrows(tick);
  assertThrows(tick);
  isBroken = false;
  tick();
  tick();
  const ends = heard.all.filter(([name]) => name !== "jobs.start");
  assertEquals(ends.map(([name, { attempts }]) => [name, attempts]), [
    ["jobs.exception", 1],
    ["jobs.exception", 2],
    ["jobs.stop", 3],
    ["jobs.stop", 1],
  ]);
});

Deno.test("measureJob tells the failure of the last attempt as discarded", () => {
  const heard = new HeardEvents();
  const facts = (attempt: number) => ({ attempt, attemptsMax: 3 });
  const run = measureJob({ bus: heard.bus }, { worker: "run", facts }, (_attempt: number) => {
    throw new Error("always");
  });
  for (const attempt of [1, 2, 3]) assertThrows(() => run(attempt));
  const states = heard.of("jobs.exception").map(([, , { state }]) => state);
  assertEquals(states, ["failure", "failure", "discarded"]);
});

Deno.test("measureJob runs the job although telling its facts fails", () => {
  const heard = new HeardEvents();
  const facts = () => {
    throw new Error("a broken option");
  };
  assertEquals(measureJob({ bus: heard.bus }, { worker: "run", facts }, () => 7)(), 7);
  assertEquals(heard.failures, ["Error: a broken option"]);
  assertEquals(heard.of("jobs.stop").length, 1);
});

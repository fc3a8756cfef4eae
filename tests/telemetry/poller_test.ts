import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { LogSink } from "../../src/io/log.ts";
import { ended, isStale, NEW_POLL, tick } from "../../src/telemetry/poll_state.ts";
import { Poller } from "../../src/telemetry/poller.ts";
import { FakeClock } from "../fake_clock.ts";

const START_MS = 1_000_000;

/** A poller on a fake clock, and what it told. */
function started() {
  const clock = new FakeClock(START_MS);
  const outcomes: string[] = [];
  const lines: string[] = [];
  const log: LogSink = { log: (level, message) => lines.push(`${level}: ${message}`) };
  const poller = new Poller({
    clock,
    log,
    onOutcome: (poll, outcome) => outcomes.push(`${poll} ${outcome}`),
  });
  const sinceStart = () => clock.nowMs() - START_MS;
  return { clock, poller, outcomes, lines, sinceStart };
}

Deno.test("Poller runs a poll at once and then each period, those of one period by one timer", async () => {
  const { clock, poller, sinceStart } = started();
  const turns: string[] = [];
  const poll = (name: string, everyMs: number) => ({
    name,
    everyMs,
    run: () => void turns.push(`${name}@${sinceStart()}`),
    onStale: () => {},
  });
  poller.add(poll("a", 10_000));
  await clock.advance(4_000);
  poller.add(poll("b", 10_000));
  const remove = poller.add(poll("c", 3_000));
  assertEquals(clock.pending, 2);
  await clock.advance(7_000);
  assertEquals(turns, ["a@0", "b@4000", "c@4000", "c@7000", "a@10000", "b@10000", "c@10000"]);
  remove();
  assertEquals(clock.pending, 1);
  poller[Symbol.dispose]();
  assertEquals(clock.pending, 0);
});

Deno.test("a poll that fails is stale at once, is tried less and less often, and comes back", async () => {
  const { clock, poller, outcomes, lines, sinceStart } = started();
  const tried: number[] = [];
  let stale = 0;
  let isBroken = true;
  using _ = poller;
  poller.add({
    name: "db",
    everyMs: 10,
    run: async () => {
      tried.push(sinceStart());
      await Promise.resolve();
      if (isBroken) throw new Error("down");
    },
    onStale: () => void stale++,
  });
  await clock.advance(160);
  assertEquals(tried, [0, 10, 30, 70, 150]);
  assertEquals(stale, 1);
  assertEquals(lines, [
    "warning: The poll db failed; its gauges are hidden until it works again.",
  ]);
  isBroken = false;
  await clock.advance(160);
  assertEquals(tried.slice(5), [310, 320]);
  assertEquals(outcomes.at(-1), "db ok");
  isBroken = true;
  await clock.advance(10);
  assertEquals([stale, lines.length], [2, 2]);
});

Deno.test("a poll that is still running is skipped and counted, and stale after three turns", async () => {
  const { clock, poller, outcomes } = started();
  const gate = Promise.withResolvers<void>();
  let runs = 0;
  let stale = 0;
  using _ = poller;
  poller.add({
    name: "slow",
    everyMs: 10,
    run: () => ++runs === 1 ? gate.promise : undefined,
    onStale: () => void stale++,
  });
  await clock.advance(20);
  assertEquals([outcomes, stale], [["slow skipped", "slow skipped"], 0]);
  await clock.advance(20);
  assertEquals([runs, stale], [1, 1]);
  gate.resolve();
  await clock.advance(10);
  assertEquals(runs, 2);
  assertEquals(outcomes.slice(-2), ["slow ok", "slow ok"]);
});

Deno.test("one poll that throws does not keep another from its turn", async () => {
  const { clock, poller } = started();
  let turns = 0;
  using _ = poller;
  const rest = { everyMs: 10, onStale: () => {} };
  poller.add({
    name: "bad",
    ...rest,
    run: () => {
      throw new Error("bad");
    },
  });
  poller.add({ name: "good", ...rest, run: () => void turns++ });
  await clock.advance(30);
  assertEquals(turns, 4);
});

Deno.test("Poller does not make up for turns that a stopped process missed", async () => {
  const { clock, poller } = started();
  let turns = 0;
  using _ = poller;
  poller.add({ name: "a", everyMs: 10, run: () => void turns++, onStale: () => {} });
  clock.jump(1_005);
  await clock.advance(0);
  assertEquals(turns, 2);
  await clock.advance(5);
  assertEquals(turns, 3);
});

Deno.test("a poll under way learns that the poller ends, and its failure then is none", async () => {
  const { clock, poller, lines } = started();
  poller.add({
    name: "a",
    everyMs: 10,
    run: (signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    onStale: () => {},
  });
  poller[Symbol.dispose]();
  await clock.advance(100);
  assertEquals(lines, []);
});

Deno.test("whatever happens, a poll runs again within 32 ticks of its end, and is stale unless all is well", () => {
  fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 50 }), (outcomes) => {
    let state = NEW_POLL;
    for (const isSuccess of outcomes) {
      let ticks = 0;
      for (;;) {
        const next = tick(state);
        state = next.state;
        ticks++;
        if (next.action === "run") break;
      }
      assertEquals(ticks <= 32, true);
      state = ended(state, isSuccess);
      assertEquals(isStale(state), !isSuccess);
    }
  }));
});

Deno.test("a poll that fails with something that has no text, to a log that fails too, goes on", async () => {
  const clock = new FakeClock(START_MS);
  const outcomes: string[] = [];
  const told: unknown[] = [];
  using poller = new Poller({
    clock,
    log: {
      log: (_level, _message, fields) => {
        told.push(fields?.error);
        throw new Error("disk full");
      },
    },
    onOutcome: (_poll, outcome) => outcomes.push(outcome),
  });
  const run = () => {
    throw Object.create(null);
  };
  poller.add({ name: "db", everyMs: 10, run, onStale: () => {} });
  await clock.advance(10);
  assertEquals(outcomes, ["failed", "failed"]);
  assertEquals(told, ["a value that has no text"]);
});

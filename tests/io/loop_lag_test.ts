import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/io/clock.ts";
import { LOOP_LOOK_MS, watchLoopLag } from "../../src/io/loop_lag.ts";
import { FakeClock } from "../fake_clock.ts";
import { until } from "../until.ts";

Deno.test("watchLoopLag sees that the event loop was blocked for 300 ms", async () => {
  const lags: number[] = [];
  const stop = watchLoopLag(systemClock, (seconds) => lags.push(seconds));
  try {
    await until(() => lags.length > 0, { what: "a first look" });
    lags.length = 0;
    const endMs = systemClock.nowMs() + 300;
    while (systemClock.nowMs() < endMs);
    await until(() => lags.length > 0, { what: "a look after the block" });
    assert(lags[0]! >= (300 - LOOP_LOOK_MS) / 1000, `saw ${lags[0]} s of 0.3 s`);
  } finally {
    stop();
  }
});

Deno.test("watchLoopLag tells how late each look was, until it is ended", async () => {
  const clock = new FakeClock();
  const lags: number[] = [];
  const stop = watchLoopLag(clock, (seconds) => lags.push(seconds));
  await clock.advance(3 * LOOP_LOOK_MS);
  assertEquals(lags, [0, 0, 0]);
  clock.jump(LOOP_LOOK_MS + 500);
  await clock.advance(0);
  assertEquals(lags.at(-1), 0.5);
  stop();
  assertEquals(clock.pending, 0);
});

Deno.test("watchLoopLag goes on although who is told throws", async () => {
  const clock = new FakeClock();
  const stop = watchLoopLag(clock, () => {
    throw new Error("broken");
  });
  await clock.advance(LOOP_LOOK_MS).catch(() => {});
  assertEquals(clock.pending, 1);
  stop();
});

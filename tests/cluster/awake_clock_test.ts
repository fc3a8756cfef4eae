import { assertEquals } from "@std/assert";
import { AwakeClock } from "../../src/cluster/awake_clock.ts";

Deno.test("AwakeClock tells of the time that it does not count", () => {
  const asleep: number[] = [];
  const clock = new AwakeClock(1_000, 2_000, (ms) => asleep.push(ms));
  for (const nowMs of [3_000, 8_000, 8_500, 11_500]) clock.advance(nowMs);
  assertEquals(asleep, [3_000, 1_000]);
  assertEquals(clock.asleepMs, 4_000);
});

Deno.test("AwakeClock counts no step for more than its limit, and none backwards", () => {
  const clock = new AwakeClock(1_000, 2_000);
  assertEquals([clock.advance(2_500), clock.asleepMs], [1_500, 0]);
  assertEquals([clock.advance(62_500), clock.asleepMs], [3_500, 58_000]);
  assertEquals([clock.advance(60_000), clock.asleepMs], [3_500, 58_000]);
  assertEquals(clock.advance(63_000), 4_000);
});

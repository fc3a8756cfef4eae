import { assertEquals } from "@std/assert";
import { AwakeClock } from "../../src/cluster/awake_clock.ts";

Deno.test("AwakeClock counts no step for more than its limit, and none backwards", () => {
  const clock = new AwakeClock(1_000, 2_000);
  assertEquals([clock.advance(2_500), clock.asleepMs], [1_500, 0]);
  assertEquals([clock.advance(62_500), clock.asleepMs], [3_500, 58_000]);
  assertEquals([clock.advance(60_000), clock.asleepMs], [3_500, 58_000]);
  assertEquals(clock.advance(63_000), 4_000);
});

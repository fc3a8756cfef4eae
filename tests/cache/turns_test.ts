import { assertEquals } from "@std/assert";
import { Turns } from "../../src/cache/turns.ts";
import { FakeClock } from "../fake_clock.ts";

Deno.test("Turns.take reads no further than its turn, and each item once", async () => {
  const clock = new FakeClock();
  const turns = new Turns(clock);
  let read = 0;
  const items = function* (count: number) {
    for (let i = 0; i < count; i++) {
      read++;
      yield i;
    }
  };
  for (const count of [0, 1, 2, 3, 4, 7]) {
    read = 0;
    const taken: (readonly number[])[] = [];
    turns.take(items(count), 2, (some) => taken.push(some));
    assertEquals(taken[0]!.length, Math.min(2, count));
    assertEquals(read, Math.min(3, count), "one more, to know whether another turn is due");
    assertEquals(clock.pending, count > 2 ? 1 : 0);
    await clock.advance(0);
    assertEquals(taken.flat(), Array.from({ length: count }, (_, i) => i));
    assertEquals(read, count);
    assertEquals(clock.pending, 0);
  }
});

Deno.test("Turns.stop leaves the rest as it is", async () => {
  const clock = new FakeClock();
  const turns = new Turns(clock);
  const taken: number[] = [];
  turns.take([1, 2, 3][Symbol.iterator](), 1, (some) => taken.push(...some));
  turns.stop();
  await clock.advance(0);
  assertEquals([taken, clock.pending], [[1], 0]);
});

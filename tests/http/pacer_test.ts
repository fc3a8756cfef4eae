import { assert, assertEquals } from "@std/assert";
import { Pacer } from "../../src/http/pacer.ts";
import { FakeClock } from "../fake_clock.ts";

Deno.test("Pacer lets work go on for 2 ms, and then makes it wait for a turn of the event loop", async () => {
  const clock = new FakeClock();
  const pacer = new Pacer(clock);
  let isAwake = false;
  const first = pacer.turn();
  assert(first !== null, "work must not begin at an unknown time of the turn");
  void first.then(() => isAwake = true);
  await Promise.resolve();
  assertEquals(isAwake, false);
  await clock.advance(0);
  assertEquals(isAwake, true);
  assertEquals(pacer.turn(), null);
  await clock.advance(1.9);
  assertEquals(pacer.turn(), null);
  await clock.advance(0.1);
  assert(pacer.turn() !== null);
  await clock.advance(0);
});

Deno.test("Pacer gives all that wait the same turn and one allowance", async () => {
  const clock = new FakeClock();
  const pacer = new Pacer(clock);
  assertEquals(pacer.turn(), pacer.turn());
  assertEquals(pacer.turn(), pacer.pause());
  assertEquals(clock.pending, 1);
  await clock.advance(0);
  clock.jump(2);
  assert(pacer.turn() !== null, "what one used up is gone for the others");
  await clock.advance(0);
});

import { assertEquals } from "@std/assert";
import { systemClock } from "../../src/io/clock.ts";

Deno.test("systemClock.after waits for longer than a timer of the platform can", async () => {
  const fired: string[] = [];
  const cancels = [30 * 86_400_000, 2 ** 31, Infinity].map((delayMs) =>
    systemClock.after(delayMs, () => fired.push(`${delayMs}`))
  );
  const { promise, resolve } = Promise.withResolvers<void>();
  // A timer of too many milliseconds would fire after one.
  systemClock.after(20, resolve);
  await promise;
  assertEquals(fired, []);
  for (const cancel of cancels) cancel();
});

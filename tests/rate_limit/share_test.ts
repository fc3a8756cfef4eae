import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { HeldPart, partOf } from "../../src/rate_limit/share.ts";

Deno.test("the parts of a limit are whole, differ by one at most, and add up to it", () => {
  fc.assert(fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 50 }), (limit, nodes) => {
    const parts = Array.from({ length: nodes }, (_, rank) => partOf(limit, { nodes, rank }));
    assertEquals(parts.reduce((sum, part) => sum + part), limit);
    assert(Math.max(...parts) - Math.min(...parts) <= 1);
  }));
});

Deno.test("what may be used is the least that the part was in the last holdMs, with none before the start", () => {
  const step = fc.record({ passMs: fc.nat(40), part: fc.nat(9) });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 100, size: "max" }),
      fc.integer({ min: 1, max: 100 }),
      (steps, holdMs) => {
        const held = new HeldPart(holdMs, 0, 0);
        const history = [{ part: 0, fromMs: -Infinity }];
        let nowMs = 0;
        for (const { passMs, part } of steps) {
          nowMs += passMs;
          history.push({ part, fromMs: nowMs });
          // Each part was the part until the next one came.
          const recent = history.filter((_, i) =>
            (history[i + 1]?.fromMs ?? Infinity) > nowMs - holdMs
          );
          assertEquals(held.observe(part, nowMs), Math.min(...recent.map((one) => one.part)));
        }
        nowMs += held.waitMs(nowMs);
        const last = steps.at(-1)?.part ?? 0;
        for (let i = 0; i < 10; i++) {
          nowMs += held.waitMs(nowMs + (held.observe(last, nowMs), 0));
        }
        assertEquals(held.observe(last, nowMs), last);
      },
    ),
  );
});

import { assertEquals, assertThrows } from "@std/assert";
import { createLimiter, type LocalLimiterOptions } from "../../src/rate_limit/create_limiter.ts";
import type { SharedLimiterOptions } from "../../src/rate_limit/limiter_options.ts";

const LIMITS = [{ limit: 1, windowMs: 1_000 }];

Deno.test("createLimiter refuses to count together with others, and says who can", () => {
  const store = { address: "redis://store:6379", run: () => Promise.resolve([]) };
  const shared: SharedLimiterOptions = { name: "api", limits: LIMITS, scope: "shared", store };
  assertThrows(
    // @ts-expect-error A type says it, too.
    () => createLimiter(shared),
    TypeError,
    'Cannot make the limiter "api": scope must be local without a runtime: received "shared": take ' +
      "muster.createLimiter, where muster is what startMuster gives",
  );
  const split = { name: "api", limits: LIMITS, scope: "split" } as unknown as LocalLimiterOptions;
  assertThrows(() => createLimiter(split), TypeError, 'received "split": take muster');
  const { scope: _, ...stored } = shared;
  assertThrows(() => createLimiter(stored), TypeError, "there is muster.createLimiter");
  const local: LocalLimiterOptions = { name: "api", limits: LIMITS, scope: "local" };
  assertEquals(createLimiter(local).scope, "local");
});

Deno.test("createLimiter says what is wrong with its options, its clock and its randomness", () => {
  const wrong: [unknown, string][] = [
    [undefined, "Cannot make a limiter: its options must be an object: received nothing"],
    ["api", 'Cannot make a limiter: its options must be an object: received "api"'],
    [
      { name: "api", limits: LIMITS, clock: {} },
      'Cannot make the limiter "api": clock must be one with nowMs() and wallMs(): received {}',
    ],
    [{ name: "api", limits: LIMITS, clock: null }, "and wallMs(): received null"],
    [{ name: "api", limits: LIMITS, random: {} }, "random must be one with bytes(): received {}"],
  ];
  for (const [options, sentence] of wrong) {
    assertThrows(() => createLimiter(options as LocalLimiterOptions), TypeError, sentence);
  }
});

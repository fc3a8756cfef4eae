import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { connectValkey } from "../../src/io/valkey.ts";
import { KeyHash } from "../../src/rate_limit/key_hash.ts";
import { LIMIT_SCRIPT, readAnswer, scriptArguments } from "../../src/rate_limit/limit_script.ts";
import { checkedPolicies, type PolicyOptions } from "../../src/rate_limit/policy.ts";
import { QuotaBook } from "../../src/rate_limit/quota_book.ts";
import { Redis } from "../servers/redis.ts";
import { type Admitted, greatestExcess } from "./arrivals.ts";

const DAYS_MS = 100 * 86_400_000;

/** Policies that give nothing back for as long as a test runs. */
const slow: fc.Arbitrary<PolicyOptions> = fc.record({
  limit: fc.integer({ min: 1, max: 20 }),
  windowMs: fc.constant(DAYS_MS),
  burst: fc.integer({ min: 1, max: 20 }),
  slots: fc.integer({ min: 1, max: 12 }),
  algorithm: fc.constantFrom("gcra", "sliding_window"),
});

Deno.test("the script decides as a QuotaBook does, in a real Redis", async () => {
  await using redis = await Redis.start();
  await using store = await connectValkey({ url: redis.url });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(slow, { minLength: 1, maxLength: 3 }),
      fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 25 }),
      async (options, costs) => {
        const named = options.map((option, i) => ({ ...option, name: `limit ${i}` }));
        const policies = checkedPolicies("test", named);
        const book = new QuotaBook({ policies, keysMax: 10, hash: new KeyHash(new Uint8Array(8)) });
        const key = `key ${run++}`;
        for (const cost of costs) {
          const args = [cost, ...scriptArguments(policies)];
          const answer = readAnswer(await store.run(LIMIT_SCRIPT, key, args), policies);
          // As of a slot of its own for each call: the store's day goes on, if only a little.
          const expected = book.consume("key", cost, 0);
          assertEquals(answer.allowed, expected.allowed);
          for (const state of [expected, ...expected.others]) {
            const told = answer.states.find(({ policy }) => policy === state.policy)!;
            assertEquals(told.remaining, state.remaining);
            assertEquals(told.retryAfterMs === Infinity, state.retryAfterMs === Infinity);
            assertEquals(told.retryAfterMs > 0, state.retryAfterMs > 0);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("in the store's time, too, no span gets more than its policy says", async () => {
  await using redis = await Redis.start();
  await using store = await connectValkey({ url: redis.url });
  const policies = checkedPolicies("test", [
    { limit: 20, windowMs: 100, burst: 5, name: "bucket" },
    { limit: 12, windowMs: 100, algorithm: "sliding_window", name: "window" },
  ]);
  const admitted: Admitted[] = [];
  const endMs = performance.now() + 1_500;
  let refused = 0;
  // One after another: each admission happened in the store between these two readings.
  let notBeforeMs = performance.now();
  while (notBeforeMs < endMs) {
    const args = [1, ...scriptArguments(policies)];
    const { allowed } = readAnswer(await store.run(LIMIT_SCRIPT, "key", args), policies);
    const ms = performance.now();
    if (allowed) admitted.push({ ms, notBeforeMs, cost: 1 });
    else refused++;
    notBeforeMs = ms;
  }
  assert(admitted.length > 30 && refused > 30, `${admitted.length} and ${refused}`);
  const ofBucket = greatestExcess(admitted, (spanMs) => 5 + 20 * spanMs / 100);
  const ofWindow = greatestExcess(admitted, (spanMs) => spanMs < 100 ? 12 : Infinity);
  assert(ofBucket <= 0 && ofWindow <= 0, `${ofBucket} and ${ofWindow}`);
});

Deno.test("a key expires when it is as if it had never been", async () => {
  await using redis = await Redis.start();
  await using store = await connectValkey({ url: redis.url });
  const policies = checkedPolicies("test", [{ limit: 10, windowMs: 50_000 }]);
  const consume = async (cost: number) =>
    readAnswer(
      await store.run(LIMIT_SCRIPT, "key", [cost, ...scriptArguments(policies)]),
      policies,
    );
  await consume(0);
  assertEquals(await store.run("return redis.call('EXISTS', KEYS[1])", "key", []), 0);
  const { states: [state] } = await consume(4);
  const ttlMs = Number(await store.run("return redis.call('PTTL', KEYS[1])", "key", []));
  assertEquals(state!.resetMs, 20_000);
  assert(ttlMs > 19_000 && ttlMs <= 20_000, `${ttlMs}`);
});

Deno.test("the script takes windows that reach back before its epoch, and a store's clock before it", async () => {
  await using redis = await Redis.start();
  await using store = await connectValkey({ url: redis.url });
  const policies = checkedPolicies("test", [
    { limit: 2, windowMs: 366 * 86_400_000, algorithm: "sliding_window", name: "window" },
    { limit: 2, windowMs: 366 * 86_400_000, name: "bucket" },
  ]);
  // As if the store's clock were years behind.
  const early = LIMIT_SCRIPT.replace("redis.call('TIME')", "{ '1600000000', '0' }");
  assert(early !== LIMIT_SCRIPT);
  for (const script of [LIMIT_SCRIPT, early]) {
    const allowed: boolean[] = [];
    for (let i = 0; i < 3; i++) {
      const args = [1, ...scriptArguments(policies)];
      const answer = readAnswer(await store.run(script, script, args), policies);
      allowed.push(answer.allowed);
      assertEquals(answer.states.map(({ remaining }) => remaining), [[1, 1], [0, 0], [0, 0]][i]);
    }
    assertEquals(allowed, [true, true, false]);
  }
});

Deno.test("the script takes a cost after which a bucket fills for longer than a store can be told", async () => {
  await using redis = await Redis.start();
  await using store = await connectValkey({ url: redis.url });
  const policies = checkedPolicies("test", [
    { limit: 1, windowMs: 366 * 86_400_000, burst: 1_000_000_000 },
  ]);
  const consume = async (cost: number) =>
    readAnswer(
      await store.run(LIMIT_SCRIPT, "key", [cost, ...scriptArguments(policies)]),
      policies,
    );
  const { allowed, states: [state] } = await consume(500_000_000);
  assertEquals([allowed, state!.resetMs], [true, Number.MAX_SAFE_INTEGER]);
  assertEquals((await consume(500_000_001)).allowed, false);
});

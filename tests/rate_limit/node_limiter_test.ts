import { assert, assertEquals, assertThrows } from "@std/assert";
import { createLimiter } from "../../src/rate_limit/create_limiter.ts";
import { KeyHash } from "../../src/rate_limit/key_hash.ts";
import { checkedPlan, type LimiterOptions } from "../../src/rate_limit/limiter_options.ts";
import { NodeLimiter } from "../../src/rate_limit/node_limiter.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { silentLog } from "../../src/io/log.ts";
import { FakeClock } from "../fake_clock.ts";

Deno.test("a limiter tells what it decided since the last time, under the platform's name", () => {
  const clock = new FakeClock(10_500);
  const bus = createBus(silentLog, () => clock.nowMs());
  const told: unknown[] = [];
  bus.attach("rsolv.rate_limiter.decision", (_, measurements, { outcome, limit, scope }) => {
    told.push([outcome, measurements, limit, scope]);
  });
  const plan = checkedPlan({ name: "api", limits: [{ limit: 5, windowMs: 1_000 }] });
  const hash = new KeyHash(new Uint8Array(8));
  const host = { bus, clock, prefix: "rsolv", hash, shownHash: (key: string) => key };
  const limiter = new NodeLimiter(plan, host, null);
  const tell = () => {
    told.length = 0;
    limiter.tell(clock.nowMs());
    return told;
  };
  limiter.consume("a", 4);
  limiter.consume("a", 3);
  limiter.consume("b", 2);
  assertEquals(tell(), [
    ["allowed", { cost: 6, current_count: 6 }, "api", "local"],
    ["limited", { cost: 3 }, "api", "local"],
  ]);
  limiter.consume("c");
  assertEquals(tell()[0], ["allowed", { cost: 1, current_count: 7 }, "api", "local"]);
  // The window of the clock has ended.
  clock.jump(500);
  assertEquals(tell()[0], ["allowed", { cost: 0, current_count: 0 }, "api", "local"]);
});

Deno.test("consume is told the time or reads it, and both are one", () => {
  const clock = new FakeClock();
  const limiter = createLimiter({ name: "api", limits: [{ limit: 1, windowMs: 1_000 }], clock });
  assert(limiter.consume("a").allowed);
  assertEquals(limiter.consume("a").retryAfterMs, 1_000);
  assert(limiter.consume("a", 1, clock.nowMs() + 1_000).allowed);
  // The clock is behind what was told, which is no time for anything to come back.
  assert(!limiter.consume("a").allowed);
  assertEquals(limiter.consume("b", 0).remaining, 1);
});

Deno.test("a refusal is never thrown, a wrong cost or time is", () => {
  const limiter = createLimiter({ name: "api", limits: [{ limit: 1, windowMs: 1_000 }] });
  assertEquals(limiter.consume("a", 2 ** 31 - 1).retryAfterMs, Infinity);
  for (const cost of [-1, 0.5, NaN, Infinity, 2 ** 31]) {
    assertThrows(() => limiter.consume("a", cost), RangeError, "cost must be a whole number");
  }
  for (const nowMs of [NaN, Infinity, -Infinity, null, "5"]) {
    const consume = () => limiter.consume("a", 1, nowMs as number);
    assertThrows(consume, RangeError, "nowMs must be milliseconds");
  }
  assertEquals([limiter.status().allowed, limiter.consume("a", 0).remaining], [0, 1]);
});

Deno.test("a time that is ten years away is none, as another unit's is, and changes nothing", () => {
  const clock = new FakeClock(Date.UTC(2026, 0));
  for (const algorithm of ["gcra", "sliding_window"] as const) {
    const limits = [{ limit: 1, windowMs: 1_000, algorithm }];
    const limiter = createLimiter({ name: "api", limits, clock });
    const tenYears = 10 * 366 * 86_400_000;
    const nowMs = clock.nowMs();
    for (const wrong of [nowMs * 1e3, nowMs * 1e6, nowMs / 1e3, nowMs + tenYears + 1, 1e300]) {
      assertThrows(() => limiter.consume("a", 1, wrong), RangeError, `received ${wrong}: leave it`);
    }
    assert(limiter.consume("a", 1, nowMs).allowed);
    assert(!limiter.consume("a", 1, nowMs).allowed);
    assert(limiter.consume("a", 1, nowMs + tenYears).allowed);
    assert(!limiter.consume("a", 1, nowMs + tenYears).allowed);
  }
});

Deno.test("what is no number is told as what it is, as a cost and as a time", () => {
  const limiter = createLimiter({ name: "api", limits: [{ limit: 1, windowMs: 1_000 }] });
  const wrong: [unknown, string][] = [["1", '"1"'], [1n, "1n"], [Symbol("a"), 'Symbol("a")']];
  for (const [value, text] of wrong) {
    const number = value as number;
    assertThrows(() => limiter.consume("a", number), RangeError, `2^31 - 1: received ${text}`);
    assertThrows(() => limiter.consume("a", 1, number), RangeError, `made: received ${text}`);
  }
});

Deno.test("a key that is no text is refused, and shares nobody's count", () => {
  const limiter = createLimiter({ name: "api", limits: [{ limit: 1, windowMs: 1_000 }] });
  const wrong: [unknown, string][] = [
    [7, "number"],
    [undefined, "undefined"],
    [null, "null"],
    [Promise.resolve("a"), "a promise"],
    [["a"], "object"],
  ];
  for (const [key, received] of wrong) {
    const sentence = 'Cannot consume of the limiter "api": key must be text: received ' + received;
    assertThrows(() => limiter.consume(key as string), TypeError, sentence);
  }
  assertEquals([limiter.status().allowed, limiter.status().limited], [0, 0]);
});

Deno.test("status shows the keys that were refused most, by hash", () => {
  const limiter = createLimiter({ name: "api", limits: [{ limit: 1, windowMs: 60_000 }] });
  for (let i = 0; i < 40; i++) {
    for (let j = 0; j <= (i === 7 ? 500 : i); j++) limiter.consume(`user ${i}`);
  }
  const { topLimited, allowed, limited, keys } = limiter.status();
  assertEquals([allowed, limited, keys], [40, 500 + 40 * 39 / 2 - 7, 40]);
  assertEquals(topLimited.length, 10);
  assertEquals(topLimited[0]!.limited, 500);
  assert(topLimited.every(({ limited, error }, i) => limited - error <= (i === 0 ? 500 : 39)));
  assert(!JSON.stringify(topLimited).includes("user"));
});

Deno.test("options that are wrong are told all at once, each with its rule", () => {
  const right: LimiterOptions = { name: "api", limits: [{ limit: 1, windowMs: 1_000 }] };
  const wrong: [Partial<Record<string, unknown>>, string][] = [
    [{ name: "Api" }, "name must be a lower-case word"],
    [{ scope: "global" }, "scope must be local, split or shared"],
    [{ keysMax: 0 }, "keysMax must be a whole number from 1"],
    [{ name: undefined }, "limiter nothing: name must be a lower-case word"],
    [{ keysMax: 5n }, "keysMax must be a whole number from 1 to 100000000: received 5n"],
    [{ limits: [] }, "limits must be a list of 1 to 8"],
    [{ limits: undefined }, "limits must be a list of 1 to 8: received nothing"],
    [{ limits: { limit: 1 } }, 'limits must be a list of 1 to 8: received {"limit":1}'],
    [{ limits: [null] }, "limits[0].limit must be a whole number, 1 to 10^9: received nothing"],
    [{ limits: [{ limit: NaN, windowMs: 1_000 }] }, "received NaN"],
    [{ limits: [{ limit: 1n, windowMs: 1_000n }] }, "received 1n; limits[0].windowMs must be"],
    [{ limits: [{ limit: 1, windowMs: "1000" }] }, 'received "1000"'],
    [{ limits: [{ limit: 1, windowMs: Symbol() }] }, "windowMs must be milliseconds from 1 to"],
    [{ limits: [{ limit: Symbol("a"), windowMs: 1 }] }, '10^9: received Symbol("a")'],
    [
      { scope: "shared" },
      "store must be one that runs scripts, as connectValkey makes: received nothing",
    ],
    [{ scope: "shared", store: { password: "secret" } }, 'makes: received "object"'],
    [{ limits: [{ limit: 0, windowMs: 0 }] }, "limits[0].limit must be a whole number, 1 to 10^9"],
    [{ limits: [{ limit: 1, windowMs: 0 }] }, "limits[0].windowMs must be milliseconds"],
    [{ limits: [{ limit: 1e6, windowMs: 1 }] }, "at most 10000 a millisecond"],
    [{ limits: [{ limit: 1, windowMs: 1, burst: 0 }] }, "limits[0].burst must be"],
    [{ limits: [{ limit: 1, windowMs: 1, slots: 61 }] }, "limits[0].slots must be from 1 to 60"],
    [{ limits: [{ limit: 1, windowMs: 1, algorithm: "leaky" }] }, "limits[0].algorithm must be"],
    [{ limits: [{ limit: 1, windowMs: 1, name: 'a"' }] }, "limits[0].name must be"],
    [{ limits: [{ limit: 1, windowMs: 1, name: 5 }] }, 'ASCII without " and \\: received 5'],
    [{ limits: [{ limit: 1, windowMs: 1, name: null }] }, 'without " and \\: received null'],
    [{ limits: [{ limit: 1, windowMs: 1, name: ["a"] }] }, 'without " and \\: received ["a"]'],
    [{ limits: [{ limit: 1, windowMs: 1 }, { limit: 2, windowMs: 1 }] }, "of different names"],
    [{ scope: "shared", fail: "maybe" }, "fail must be open, closed or split"],
    [{ scope: "shared", deadlineMs: 0 }, "deadlineMs must be milliseconds from 1"],
    [{ scope: "shared", deadlineMs: "50" }, 'milliseconds from 1 to 10000: received "50"'],
    [{ scope: "shared", deadlineMs: true }, "milliseconds from 1 to 10000: received true"],
    [{ store: { run() {} } }, "store must be left out unless scope is shared, for which there is"],
    [{ store: "redis://:secret@store" }, 'muster.createLimiter: received "string"'],
    [{ scope: "split", fail: "open" }, "fail must be left out unless scope is shared"],
    [{ scope: "local", deadlineMs: 50 }, "deadlineMs must be left out unless scope is shared"],
  ];
  for (const [options, message] of wrong) {
    const given = { ...right, ...options } as LimiterOptions;
    assertThrows(() => checkedPlan(given), TypeError, message);
  }
  const none = undefined as unknown as LimiterOptions;
  const sentence = "Cannot make a limiter: its options must be an object: received nothing";
  assertThrows(() => checkedPlan(none), TypeError, sentence);
  const two = { ...right, limits: [{ limit: 0.5, windowMs: 5 }, { limit: 1, windowMs: -1 }] };
  assertThrows(() => checkedPlan(two), TypeError, "received 0.5; limits[1].windowMs must be");
  const names = checkedPlan({
    name: "api",
    limits: [1_000, 90_000, 3_600_000, 172_800_000, 1_500].map((windowMs) => ({
      limit: 1,
      windowMs,
    })),
  }).policies.map(({ name }) => name);
  assertEquals(names, ["1s", "90s", "1h", "2d", "1500ms"]);
});

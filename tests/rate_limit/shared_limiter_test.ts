import { assert, assertEquals, assertRejects } from "@std/assert";
import type { LogSink } from "../../src/io/log.ts";
import type { ScriptStore } from "../../src/io/script_store.ts";
import type { Decision } from "../../src/rate_limit/decision.ts";
import { KeyHash } from "../../src/rate_limit/key_hash.ts";
import { checkedPlan, type FailMode } from "../../src/rate_limit/limiter_options.ts";
import { SharedStoreLimiter } from "../../src/rate_limit/shared_limiter.ts";
import { SplitBook } from "../../src/rate_limit/split_book.ts";
import { type Bus, createBus } from "../../src/telemetry/bus.ts";
import { FakeClock, settle } from "../fake_clock.ts";

/** A store that does what a test tells it. */
class ScriptedStore implements ScriptStore {
  readonly address = "redis://store:6379";
  readonly keys: string[] = [];
  /** What it answers; `never` for nothing at all. */
  answer: unknown = [1, 4, 1_000, 0];
  /** Whether it throws where it should reject. */
  isThrowing = false;
  /** What it rejects with, if anything. */
  rejection: { readonly value: unknown } | null = null;

  run(_script: string, key: string): Promise<unknown> {
    this.keys.push(key);
    if (this.isThrowing) throw new Error("not connected");
    if (this.rejection !== null) return Promise.reject(this.rejection.value);
    if (this.answer === "never") return new Promise(() => {});
    return this.answer instanceof Error
      ? Promise.reject(this.answer)
      : Promise.resolve(this.answer);
  }
}

interface Setup {
  readonly limiter: SharedStoreLimiter;
  readonly store: ScriptedStore;
  readonly clock: FakeClock;
  readonly log: string[];
  readonly bus: Bus;
}

function setup(fail: FailMode, keysMax: number = 1_000_000): Setup {
  const clock = new FakeClock();
  const store = new ScriptedStore();
  const log: string[] = [];
  const sink: LogSink = { log: (level, message) => void log.push(`${level}: ${message}`) };
  const hash = new KeyHash(new Uint8Array(8));
  const limits = [{ limit: 5, windowMs: 1_000 }];
  const plan = checkedPlan({ name: "api", limits, scope: "shared", store, fail, keysMax });
  const nowMs = clock.nowMs();
  const times = { settleMs: 5_000, staleMs: 4_000 };
  const split = fail === "split"
    ? new SplitBook({ plan, hash, nowMs, isAlone: true, ...times })
    : null;
  const bus = createBus(sink, () => clock.nowMs());
  const host = {
    bus,
    clock,
    prefix: "rsolv",
    hash,
    shownHash: (key: string) => key,
    log: sink,
    store,
  };
  return { limiter: new SharedStoreLimiter(plan, host, split), store, clock, log, bus };
}

function consume({ limiter }: Setup): Promise<Decision> {
  return limiter.consume("key");
}

Deno.test("a store's answer is the decision", async () => {
  const test = setup("closed");
  const decision = await consume(test);
  assertEquals(decision, {
    allowed: true,
    decidedBy: "store",
    policy: "1s",
    limit: 5,
    remaining: 4,
    resetMs: 1_000,
    retryAfterMs: 0,
    others: [],
  });
  test.store.answer = [0, 3, 400, -1];
  assertEquals((await test.limiter.consume("key", 9)).retryAfterMs, Infinity);
  assertEquals(new Set(test.store.keys).size, 1);
  assert(
    test.store.keys[0]!.startsWith("muster:limit:api:") && test.store.keys[0]!.endsWith(":key"),
  );
});

Deno.test("nobody waits longer than the deadline, and a store that is out is asked by one at a time", async () => {
  const test = setup("closed");
  test.store.answer = "never";
  const waiting = [consume(test), consume(test), consume(test), consume(test)];
  let decided = 0;
  for (const one of waiting) void one.then(() => decided++);
  await test.clock.advance(49);
  assertEquals(decided, 0);
  await test.clock.advance(1);
  assertEquals(decided, 4);
  assertEquals((await waiting[0]!).decidedBy, "fail_closed");
  assertEquals(test.clock.pending, 0);

  // It is out: of these, one asks, and the others have their answer at once.
  const asked = test.store.keys.length;
  const tries = [consume(test), consume(test), consume(test)];
  await settle();
  assertEquals((await Promise.all(tries.slice(1))).map(({ allowed }) => allowed), [false, false]);
  assertEquals(test.store.keys.length, asked + 1);
  await test.clock.advance(50);
  // The next try is due 100 ms after the last one.
  await consume(test);
  assertEquals(test.store.keys.length, asked + 1);
  await test.clock.advance(50);
  test.store.answer = [1, 4, 1_000, 0];
  assertEquals((await consume(test)).decidedBy, "store");
  assertEquals((await consume(test)).decidedBy, "store");
  test.clock.jump(1_000);
  assertEquals((await consume(test)).decidedBy, "store");
  assertEquals(test.log, [
    'warning: The store of the limiter "api" is out (no answer in 50 ms): what it does not answer is refused.',
    'info: The store of the limiter "api" answers again.',
  ]);
  const { store } = test.limiter.status();
  assertEquals(store!.errors, { timeout: 5, failed: 0, busy: 0 });
  assertEquals([store!.isOut, store!.withoutStore], [false, 8]);
});

Deno.test("each fail mode does what it says", async () => {
  const decisions: Record<string, string> = {};
  for (const fail of ["open", "closed", "split"] as const) {
    const test = setup(fail);
    test.store.answer = new Error("connection is closed");
    const seven = [];
    for (let i = 0; i < 7; i++) seven.push((await consume(test)).allowed ? "y" : "n");
    decisions[fail] = seven.join("");
    assertEquals(test.log.length, 1);
    assertEquals(test.limiter.status().topLimited.length, fail === "open" ? 0 : 1);
  }
  assertEquals(decisions, { open: "yyyyyyy", closed: "nnnnnnn", split: "yyyyynn" });
});

Deno.test("what nodes shared while the store was out is given back once it has expired", async () => {
  const { limiter, store, clock } = setup("split");
  store.answer = new Error("connection is closed");
  for (let i = 0; i < 4_000; i++) await limiter.consume(`key ${i}`);
  assertEquals(limiter.status().keys, 4_000);
  clock.jump(5_000);
  for (let i = 0; i < 100; i++) limiter.tell(clock.nowMs());
  assertEquals(limiter.status().keys, 0);
});

Deno.test("keys that a node forgets while the store is out are told as evictions", async () => {
  const { limiter, store, clock, bus } = setup("split", 100);
  const told: unknown[] = [];
  bus.attach("muster.rate_limiter.state", (_, measurements) => told.push(measurements));
  store.answer = new Error("connection is closed");
  for (let i = 0; i < 1_000; i++) await limiter.consume(`key ${i}`);
  const { keys, evictions } = limiter.status();
  assertEquals(keys + evictions, 1_000);
  limiter.tell(clock.nowMs());
  limiter.tell(clock.nowMs());
  assertEquals(told, [{ keys, evictions }, { keys, evictions: 0 }]);
});

Deno.test("no two keys share a row of the store, whatever text they are", async () => {
  const { limiter, store } = setup("closed");
  const keys = ["", ":", "a", "漢", "\ufffd", "\ud800", "\udc00", '"\\ud800"', ';"\\ud800"'];
  for (const key of keys) await limiter.consume(key);
  const encoder = new TextEncoder();
  const sent = store.keys.map((key) => encoder.encode(key).toHex());
  assertEquals(new Set(sent).size, keys.length);
  assert(store.keys[2]!.startsWith("muster:limit:api:") && store.keys[2]!.endsWith(":a"));
});

Deno.test("a store that throws is one that failed, and is asked again once it is whole", async () => {
  const test = setup("open");
  test.store.isThrowing = true;
  for (let i = 0; i < 1_100; i++) {
    assertEquals((await consume(test)).decidedBy, "fail_open");
    test.clock.jump(100);
  }
  assertEquals(test.clock.pending, 0);
  const { store } = test.limiter.status();
  assertEquals(store!.errors, { timeout: 0, failed: 1_100, busy: 0 });
  assertEquals([store!.isOut, test.store.keys.length], [true, 1_100]);
  test.store.isThrowing = false;
  assertEquals((await consume(test)).decidedBy, "store");
  assertEquals(test.limiter.status().store!.isOut, false);
});

Deno.test("a store may reject with what has no text", async () => {
  const test = setup("open");
  test.store.rejection = { value: Object.create(null) };
  for (let i = 0; i < 3; i++) assertEquals((await consume(test)).decidedBy, "fail_open");
  assertEquals(test.limiter.status().store!.errors, { timeout: 0, failed: 3, busy: 0 });
  assert(test.log[0]!.includes("is out (a value that has no text)"), test.log[0]);
});

Deno.test("an answer that makes no sense is no answer", async () => {
  for (const answer of [null, "OK", [1], [1, 2, 3, "4"], [1, 2, 3, 4, 5], [1, 0.5, 0, 0]]) {
    const test = setup("open");
    test.store.answer = answer;
    assertEquals((await consume(test)).decidedBy, "fail_open", JSON.stringify(answer));
    assertEquals(test.limiter.status().store!.errors.failed, 1);
  }
});

Deno.test("no more than 10,000 requests wait for a store at a time, and who can't is told of", async () => {
  const test = setup("open");
  const answers: ((answer: unknown) => void)[] = [];
  test.store.run = () => new Promise((resolve) => answers.push(resolve));
  const all = Array.from({ length: 10_005 }, () => consume(test));
  await settle();
  assertEquals(answers.length, 10_000);
  for (const answer of answers) answer([1, 4, 1_000, 0]);
  const by = (await Promise.all(all)).map(({ decidedBy }) => decidedBy);
  assertEquals(by.filter((who) => who === "fail_open").length, 5);
  const { errors, isOut } = test.limiter.status().store!;
  assertEquals([errors, isOut], [{ timeout: 0, failed: 0, busy: 5 }, false]);
  assertEquals(test.log.length, 1);
  assert(test.log[0]!.includes("is out (10000 requests wait for it)"), test.log[0]);
});

Deno.test("an answer that waits behind the process's own work is no timeout", async () => {
  const test = setup("open");
  let answer!: (answer: unknown) => void;
  test.store.run = () => new Promise((resolve) => answer = resolve);
  const decision = consume(test);
  // The deadline comes first, in the turn before the one in which the answer is read.
  test.clock.after(50, () => test.clock.after(0, () => answer([0, 0, 700, 700])));
  await test.clock.advance(80);
  assertEquals([(await decision).decidedBy, (await decision).allowed], ["store", false]);
  assertEquals(test.limiter.status().store!.errors.timeout, 0);
  // It stood still for 200 ms: nothing could be read, so as long as a deadline is waited again.
  const late = consume(test);
  test.clock.jump(200);
  test.clock.after(45, () => answer([1, 4, 1_000, 0]));
  await test.clock.advance(60);
  assertEquals((await late).decidedBy, "store");
  const never = consume(test);
  for (let i = 0; i < 20; i++) {
    test.clock.jump(40);
    await test.clock.advance(10);
  }
  assertEquals((await never).decidedBy, "fail_open");
  assertEquals(test.clock.pending, 0);
});

Deno.test("a store that fails some requests and answers others is told of once, until it fails none", async () => {
  const test = setup("open");
  const later = async (answer: unknown) => {
    test.store.answer = answer;
    await consume(test);
    test.clock.jump(20);
  };
  for (let i = 0; i < 200; i++) {
    for (let failed = 0; failed < i % 6; failed++) await later(new Error("OOM"));
    await later([0, 0, 700, 700]);
  }
  assertEquals(test.log.map((line) => line.split(":")[0]), ["warning"]);
  for (let i = 0; i < 100; i++) await later([1, 4, 1_000, 0]);
  assertEquals(test.log.map((line) => line.split(":")[0]), ["warning", "info"]);
});

Deno.test("a cost that is no whole number is the caller's mistake", async () => {
  const { limiter } = setup("open");
  for (const cost of [-1, 0.5, NaN, 2 ** 31, "1", 1n, Symbol()]) {
    await assertRejects(
      () => limiter.consume("key", cost as number),
      RangeError,
      "cost must be a whole number",
    );
  }
});

Deno.test("a key that is no text is the caller's mistake, whatever is done without the store", async () => {
  const { limiter, store } = setup("open");
  for (const key of [7, undefined, null, Promise.resolve("a")]) {
    await assertRejects(
      () => limiter.consume(key as unknown as string),
      TypeError,
      'Cannot consume of the limiter "api": key must be text: received',
    );
  }
  assertEquals(store.keys, []);
});

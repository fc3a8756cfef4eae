import { assertEquals } from "@std/assert";
import type { Identity, IncarnationId } from "../../src/cluster/identity.ts";
import type { Invalidation } from "../../src/cluster/invalidation.ts";
import { LOG_ENTRIES_MAX } from "../../src/cluster/invalidation_log.ts";
import { InvalidationLogs } from "../../src/cluster/invalidation_logs.ts";
import { Roster } from "../../src/cluster/roster.ts";
import type { Message } from "../../src/cluster/wire/message.ts";
import { NODE_SETTINGS } from "./simulated_node.ts";
import { HELLO } from "./wire/examples.ts";

/** One node's logs on a clock of its own, which the test sets. */
class TestLogs {
  readonly identity: Identity;
  readonly logs: InvalidationLogs;
  readonly heard: string[] = [];
  readonly #roster: Roster;
  nowMs = 0;
  isComplete = true;

  constructor(name: string, aheadMs: number) {
    this.identity = { ...HELLO, node: name, incarnation: name.repeat(16), startedAtMs: 0 };
    this.nowMs = aheadMs;
    this.#roster = new Roster(this.identity, NODE_SETTINGS, 0);
    this.logs = new InvalidationLogs({
      self: () => this.identity.incarnation,
      roster: this.#roster,
      isComplete: () => this.isComplete,
      nowMs: () => this.nowMs,
      awakeMs: () => this.nowMs,
    });
    this.logs.activate();
    this.logs.settle();
    this.logs.listener = {
      onInvalidation: ({ name }) => this.heard.push(name),
      onMissed: () => this.heard.push("missed"),
    };
  }

  get id(): IncarnationId {
    return this.identity.incarnation;
  }

  add(...names: readonly string[]): void {
    for (const name of names) this.logs.add(entry(name));
  }

  message(news: Message["invalidations"]): Message {
    return {
      hello: { ...HELLO, ...this.identity },
      digest: null,
      want: null,
      shards: [],
      departed: null,
      more: [],
      folded: null,
      base: null,
      ...(news === undefined ? {} : { invalidations: news }),
    };
  }

  take(message: Message, askedAtMs: number | null): void {
    this.logs.absorb(message, askedAtMs);
    this.logs.settle();
  }

  /** Asks another, which answers at once. */
  ask(other: TestLogs): void {
    const question = this.message(this.logs.request(other.id));
    other.take(question, null);
    this.take(other.message(other.logs.answer(question)), this.nowMs);
  }
}

function entry(name: string): Invalidation {
  return { kind: "key", cache: "users", name };
}

Deno.test("InvalidationLogs bring what the asker lacks, of any log, once and in order", () => {
  const [a, b, c] = [new TestLogs("a", 0), new TestLogs("b", 0), new TestLogs("c", 0)];
  a.add("1", "2");
  b.ask(a);
  a.add("3");
  b.ask(a);
  b.ask(a);
  assertEquals(b.heard, ["1", "2", "3"]);
  c.ask(b);
  assertEquals(c.heard, ["1", "2", "3"], "over b, without ever meeting a");
  c.ask(a);
  assertEquals(c.heard.length, 3);
  assertEquals([b, c].map(({ logs }) => logs.positionOf(a.id)), [3, 3]);
});

Deno.test("InvalidationLogs vouch from when the question was sent, and ages add up over clocks that differ", () => {
  const [a, b, c] = [new TestLogs("a", 0), new TestLogs("b", 70_000), new TestLogs("c", -500_000)];
  for (const [asker, asked] of [[a, b], [b, c], [c, a], [c, b], [b, a], [a, c]] as const) {
    asker.ask(asked);
  }
  const later = (ms: number) => {
    for (const each of [a, b, c]) each.nowMs += ms;
  };
  later(1_000);
  b.ask(a);
  later(300);
  c.ask(b);
  assertEquals(c.nowMs - c.logs.vouchedAtMs, 300.0, "what b knew of a was that old");
  const question = c.message(c.logs.request(null));
  const askedAtMs = c.nowMs;
  b.take(question, null);
  const answer = b.message(b.logs.answer(question));
  later(5_000);
  c.take(answer, askedAtMs);
  assertEquals(c.nowMs - c.logs.vouchedAtMs, 5_300, "the way took its time");
});

Deno.test("InvalidationLogs take who does not speak of logs for somebody without invalidations, when it answers", () => {
  const [a, old] = [new TestLogs("a", 10_000), new TestLogs("b", 10_000)];
  a.isComplete = false;
  a.logs.settle();
  a.take(old.message(undefined), null);
  a.isComplete = true;
  a.logs.settle();
  assertEquals(a.logs.vouchedAtMs, -Infinity, "a question says nothing of when it was asked");
  a.take(old.message(undefined), 9_000);
  assertEquals(a.logs.vouchedAtMs, 9_000);
});

Deno.test("InvalidationLogs take for missed what lies before an owner's stretch, and a gap in an answer", () => {
  const [a, b] = [new TestLogs("a", 0), new TestLogs("b", 0)];
  b.ask(a);
  a.add("1", "2", "3", "4");
  const row = { incarnation: a.id, ageMs: 0, forgottenAgeMs: null, isEnded: false };
  const pushed = (after: number, ...names: string[]) =>
    a.message({
      rows: [{ ...row, position: after + names.length }],
      parts: [{ incarnation: a.id, after, entries: names.map(entry) }],
    });
  b.take(pushed(0, "1"), null);
  b.take(pushed(0, "1", "2"), null);
  assertEquals(b.heard, ["1", "2"]);
  b.take(a.message({ rows: [{ ...row, position: 3 }], parts: [] }), null);
  assertEquals(b.heard.length, 2, "a question's rows say how far its asker is");
  b.take(a.message({ rows: [{ ...row, position: 3 }], parts: [] }), 0);
  assertEquals(b.heard, ["1", "2", "missed"]);
  b.take(pushed(2, "3"), null);
  assertEquals(b.heard.length, 3, "what was cleared for is not obeyed again");
  b.take(pushed(5, "6"), null);
  assertEquals(b.heard.slice(3), ["6", "missed"]);
  assertEquals(b.logs.positionOf(a.id), 6);
});

Deno.test("InvalidationLogs bring more than goes in one message in several, and vouch with the last", () => {
  const [a, b] = [new TestLogs("a", 0), new TestLogs("b", 0)];
  b.ask(a);
  a.nowMs = b.nowMs = 1_000;
  const names = Array.from({ length: 2 * LOG_ENTRIES_MAX + 1 }, (_, i) => `${i}`);
  a.add(...names);
  b.ask(a);
  assertEquals([b.heard.length, b.logs.vouchedAtMs], [LOG_ENTRIES_MAX, 0]);
  b.ask(a);
  assertEquals([b.heard.length, b.logs.vouchedAtMs], [2 * LOG_ENTRIES_MAX, 0]);
  b.ask(a);
  assertEquals([b.heard, b.logs.vouchedAtMs], [names, 1_000]);
});

Deno.test("InvalidationLogs leave what its owner may be bringing just now to the owner, for a while", () => {
  const [a, b, c] = [new TestLogs("a", 0), new TestLogs("b", 0), new TestLogs("c", 0)];
  for (const [asker, asked] of [[b, a], [c, a], [c, b]] as const) asker.ask(asked);
  a.add(...Array.from({ length: LOG_ENTRIES_MAX + 1 }, (_, i) => `${i}`));
  b.ask(a);
  b.ask(a);
  for (const each of [a, b, c]) each.nowMs += 1_000;
  c.ask(b);
  assertEquals([c.heard, c.logs.vouchedAtMs], [[], 0]);
  for (const each of [a, b, c]) each.nowMs += 1_500;
  c.ask(b);
  assertEquals(c.heard, ["missed"]);
});

Deno.test("InvalidationLogs vouch for nothing before the node has joined, and for everything where it is alone", () => {
  const alone = new TestLogs("a", 5_000);
  assertEquals(alone.logs.vouchedAtMs, Infinity);
  alone.isComplete = false;
  alone.logs.settle();
  assertEquals(alone.logs.vouchedAtMs, -Infinity);
});

Deno.test("InvalidationLogs let a newcomer hold nothing back that was vouched for before it came", () => {
  const [a, b, fresh] = [new TestLogs("a", 0), new TestLogs("b", 0), new TestLogs("c", 0)];
  a.ask(b);
  b.ask(a);
  a.nowMs = b.nowMs = fresh.nowMs = 2_000;
  a.ask(b);
  assertEquals(a.logs.vouchedAtMs, 2_000);
  a.nowMs = 3_000;
  a.take(fresh.message(fresh.logs.request(null)), null);
  assertEquals(a.logs.vouchedAtMs, 2_000);
});

import { assert, assertEquals } from "@std/assert";
import type { Identity } from "../../src/cluster/identity.ts";
import { type Heard, Roster } from "../../src/cluster/roster.ts";
import type { Transition } from "../../src/cluster/member.ts";

const TIMES = { heartbeatMs: 1_000, suspectAfterMs: 5_000, downAfterMs: 10_000 };
const SELF = identity("self", 0);
const PEER = identity("peer", 1);
const AT = "10.0.0.1:4021";

function identity(node: string, number: number, startedAtMs = 0): Identity {
  const incarnation = number.toString(16).padStart(16, "0");
  return { node, incarnation, startedAtMs, version: "", address: `10.0.0.${number}:4021` };
}

function heard(seq: number, rest: Partial<Heard> = {}): Heard {
  return { identity: PEER, seq, ageMs: 0, direct: true, ...rest };
}

function kinds(transitions: readonly Transition[]): string[] {
  return transitions.map(({ kind }) => kind);
}

Deno.test("Roster: first word of a seq from another node is no life, its moving is", () => {
  const roster = new Roster(SELF, TIMES, 0);
  assertEquals(kinds(roster.hear(heard(7, { direct: false }), 0)), ["joining"]);
  assertEquals(kinds(roster.hear(heard(7, { direct: false }), 1_000)), []);
  assertEquals(kinds(roster.tick(9_999)), []);
  assertEquals(kinds(roster.tick(10_000)), ["down"], "it was never seen to move");
  assertEquals(kinds(roster.hear(heard(8, { direct: false }), 10_500)), ["recovered"]);
});

Deno.test("Roster: first word of a seq that stood still for long is of a node that is down", () => {
  const roster = new Roster(SELF, TIMES, 0);
  const old = heard(7, { direct: false, ageMs: 60_000 });
  assertEquals(kinds(roster.hear(old, 0)), ["joining", "down"]);
});

Deno.test("Roster: silence makes suspect after 5 s and down after 10 s, and word ends both", () => {
  const roster = new Roster(SELF, TIMES, 0);
  assertEquals(kinds(roster.hear(heard(1), 0)), ["joining", "up"]);
  assertEquals(kinds(roster.tick(4_999)), []);
  assertEquals(kinds(roster.tick(5_000)), ["suspect"]);
  assertEquals(kinds(roster.hear(heard(2, { direct: false, ageMs: 1_000 }), 6_000)), ["recovered"]);
  assertEquals(kinds(roster.tick(9_999)), []);
  assertEquals(kinds(roster.tick(10_000)), ["suspect"]);
  assertEquals(kinds(roster.tick(15_000)), ["down"]);
  assertEquals(kinds(roster.hear(heard(3), 16_000)), ["recovered"]);
});

Deno.test("Roster: a refused connection counts from 2 s of silence, but only after the last word", () => {
  const roster = new Roster(SELF, TIMES, 0);
  roster.hear(heard(1), 0);
  roster.answered(AT, PEER.incarnation, 1);
  roster.refused(AT, 500);
  assertEquals(kinds(roster.tick(1_999)), []);
  assertEquals(kinds(roster.tick(2_000)), ["suspect"]);
  assertEquals(kinds(roster.tick(5_000)), ["down"]);
});

Deno.test("Roster: a refusal that was outlived does not keep a later one from counting", () => {
  const roster = new Roster(SELF, TIMES, 0);
  roster.hear(heard(1), 0);
  roster.answered(AT, PEER.incarnation, 1);
  roster.refused(AT, 500);
  roster.hear(heard(2, { direct: false }), 20_000);
  assertEquals(kinds(roster.tick(24_000)), [], "the old refusal says nothing");
  roster.refused(AT, 24_000);
  assertEquals(kinds(roster.tick(24_000)), ["suspect"]);
});

Deno.test("Roster: a refusal is held against who answered at the address last", () => {
  const roster = new Roster(SELF, TIMES, 0);
  const other = identity("other", 2);
  roster.hear(heard(1), 0);
  roster.hear(heard(1, { identity: other }), 0);
  roster.answered(AT, other.incarnation, 1);
  roster.refused(AT, 100);
  assertEquals(roster.member(PEER.incarnation)!.refusedSinceMs, null);
  assertEquals(roster.member(other.incarnation)!.refusedSinceMs, 100);
});

Deno.test("Roster: only who is down and unlisted is lost, and only after an answer of DNS", () => {
  const roster = new Roster(SELF, TIMES, 0);
  roster.hear(heard(1), 0);
  assertEquals(kinds(roster.tick(10_000)), ["down"]);
  assertEquals(kinds(roster.tick(11_000)), [], "DNS was never heard");
  roster.list([AT]);
  assertEquals(kinds(roster.tick(12_000)), []);
  roster.list([]);
  assertEquals(kinds(roster.tick(13_000)), ["lost"]);
  assertEquals(kinds(roster.hear(heard(1, { direct: false }), 14_000)), [], "an echo");
  assertEquals(kinds(roster.hear(heard(2, { direct: false, ageMs: 9_000 }), 14_000)), []);
  assertEquals(kinds(roster.hear(heard(3), 15_000)), ["recovered"]);
});

Deno.test("Roster: another node's loss is believed only by who hears nothing either", () => {
  const roster = new Roster(SELF, TIMES, 0);
  roster.hear(heard(1), 0);
  assertEquals(kinds(roster.departed(PEER.incarnation, "lost", 4_999)), []);
  assertEquals(kinds(roster.departed(PEER.incarnation, "lost", 5_000)), ["lost"]);
});

Deno.test("Roster: who left stays left, whatever is heard of it", () => {
  const roster = new Roster(SELF, TIMES, 0);
  roster.hear(heard(1), 0);
  assertEquals(kinds(roster.departed(PEER.incarnation, "left", 100)), ["left"]);
  assertEquals(kinds(roster.hear(heard(5), 200)), []);
  assertEquals(kinds(roster.departed(PEER.incarnation, "lost", 60_000)), []);
  assertEquals(roster.member(PEER.incarnation)!.status, "left");
});

Deno.test("Roster: a newer life of a name ends the older at once, whichever is met first", () => {
  const [older, newer] = [identity("twin", 1, 100), identity("twin", 2, 200)];
  for (const order of [[older, newer], [newer, older]]) {
    const roster = new Roster(SELF, TIMES, 0);
    for (const one of order) roster.hear(heard(1, { identity: one }), 0);
    assertEquals(roster.member(older.incarnation)!.status, "replaced");
    assertEquals(roster.member(newer.incarnation)!.status, "up");
  }
});

Deno.test("Roster: a replaced life that goes on is a conflict of names, echoes of it are not", () => {
  const [older, newer] = [identity("twin", 1, 100), identity("twin", 2, 200)];
  const roster = new Roster(SELF, TIMES, 0);
  roster.hear(heard(1, { identity: older }), 0);
  roster.hear(heard(1, { identity: newer }), 1_000);
  assertEquals(kinds(roster.hear(heard(2, { identity: older }), 2_000)), []);
  const transitions = roster.hear(heard(9, { identity: older }), 4_001);
  assertEquals(kinds(transitions), ["name_conflict", "recovered"]);
  assertEquals(kinds(roster.departed(older.incarnation, "replaced", 4_100)), []);
});

Deno.test("Roster: a life with this node's own name is a conflict and replaces neither", () => {
  const roster = new Roster(SELF, TIMES, 0);
  const twin = identity("self", 9, 500);
  assert(kinds(roster.hear(heard(1, { identity: twin }), 0)).includes("name_conflict"));
  assertEquals(roster.members.map(({ status }) => status), ["up", "up"]);
});

Deno.test("Roster: an address is listed for who answered there last, and for no other", () => {
  const roster = new Roster(SELF, TIMES, 0);
  const other = identity("other", 2);
  roster.hear(heard(1), 0);
  roster.hear(heard(1, { identity: other }), 0);
  roster.list([AT]);
  assert(roster.isListed(roster.member(PEER.incarnation)!));
  roster.answered(AT, other.incarnation, 1);
  assert(!roster.isListed(roster.member(PEER.incarnation)!));
  assert(roster.isListed(roster.member(other.incarnation)!));
});

Deno.test("Roster keeps 1,000 gone members and forgets the longest gone", () => {
  const roster = new Roster(SELF, TIMES, 0);
  for (let i = 1; i <= 1_200; i++) roster.adopt(identity(`n${i}`, i), "lost", 1, i);
  assertEquals(roster.members.length, 1_001);
  assertEquals(roster.member(identity("", 200).incarnation), undefined);
  assertEquals(roster.member(identity("", 201).incarnation)!.status, "lost");
});

Deno.test("Roster ignores word of itself", () => {
  const roster = new Roster(SELF, TIMES, 0);
  assertEquals(roster.hear(heard(99, { identity: SELF }), 0), []);
  assertEquals(roster.departed(SELF.incarnation, "lost", 99_999), []);
  assertEquals(roster.members[0]!.status, "up");
});

Deno.test("Roster.folded ends who is alive here, since another node has long held it for gone", () => {
  const roster = new Roster(SELF, TIMES, 0);
  roster.hear(heard(1), 0);
  assertEquals(kinds(roster.folded(PEER.incarnation, 5)), ["lost"]);
  assertEquals(roster.member(PEER.incarnation)!.sinceMs, 5);
  assertEquals(roster.folded(PEER.incarnation, 6), []);
  assertEquals(roster.folded(SELF.incarnation, 6), []);
});

Deno.test("Roster.renew ends the own life and goes on as the new one, at the same addresses", () => {
  const roster = new Roster(SELF, TIMES, 0);
  roster.answered(AT, SELF.incarnation, 1);
  const next = { ...SELF, incarnation: "00000000000000ff", startedAtMs: 9 };
  assertEquals(kinds(roster.renew(next, 50)), ["replaced", "up"]);
  roster.beat(4, 60);
  const members = roster.members.map((
    { identity: { incarnation }, status, heardSeq },
  ) => [incarnation, status, heardSeq]);
  assertEquals(members, [[SELF.incarnation, "replaced", 0], [next.incarnation, "up", 4]]);
  assert(roster.member(next.incarnation)!.addresses.has(AT));
  assertEquals(kinds(roster.tick(99_999)), [], "a node never judges itself");
});

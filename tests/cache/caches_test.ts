import { assert, assertEquals, assertThrows } from "@std/assert";
import type { CacheOptions } from "../../src/cache/cache_options.ts";
import { Caches } from "../../src/cache/caches.ts";
import { CLUSTER_EVENT } from "../../src/cluster/event_log.ts";
import { LOG_ENTRIES_MAX, OWN_LOG_FACTOR } from "../../src/cluster/invalidation_log.ts";
import { ENDED_MS } from "../../src/cluster/invalidation_peers.ts";
import { UNKNOWN_PEERS } from "../../src/cluster/invalidation_push.ts";
import { Rendezvous } from "../../src/cluster/rendezvous.ts";
import { errorText } from "../../src/io/error_text.ts";
import { silentLog } from "../../src/io/log.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { settle } from "../fake_clock.ts";
import { NODE_SETTINGS } from "../cluster/simulated_node.ts";
import { clusterOfCaches, fill, serving, withCache } from "./cluster_caches.ts";

const KEYS = Array.from({ length: 1_000 }, (_, i) => `user:${i}`);
/** There and back. */
const ROUND_TRIP_MS = 10;
const BOUND_MS = 5_000;

Deno.test("Caches drop on all nodes at once what one invalidates, and tell it who has confirmed", async () => {
  const { cluster, members } = await clusterOfCaches(5);
  fill(members, ["a", "b", "c"]);
  for (const { users } of members) users.set("d", "4", { tags: ["team:1"] });
  const told = Promise.all([
    members[0]!.users.invalidate("a"),
    members[3]!.users.invalidateTag("team:1"),
  ]);
  assertEquals(await cluster.settled(told, ROUND_TRIP_MS), [
    { confirmed: 4, missed: [] },
    { confirmed: 4, missed: [] },
  ]);
  assertEquals(["a", "b", "c", "d"].map((key) => serving(members, key).length), [0, 5, 5, 0]);
  await cluster.settled(members[1]!.users.clear(), ROUND_TRIP_MS);
  assertEquals(members.map(({ users }) => users.size), [0, 0, 0, 0, 0]);
});

Deno.test("Caches send what is invalidated in one go to each peer in one request", async () => {
  const { cluster, members: [one, ...others] } = await clusterOfCaches(3);
  const requests: number[] = [];
  cluster.network.onDelivery = ({ message }) => {
    const entries = message.want === null ? message.invalidations?.parts[0]?.entries.length : null;
    if (entries != null) requests.push(entries);
  };
  fill([one!, ...others], KEYS);
  const told = KEYS.slice(0, 500).map((key) => one!.users.invalidate(key));
  await cluster.settled(Promise.all(told), ROUND_TRIP_MS);
  assertEquals(requests, [500, 500]);
  assertEquals(others.map(({ users }) => users.size), [500, 500]);
});

Deno.test("Caches tell all that is invalidated in one go, also where it takes several requests", async () => {
  const { cluster, members } = await clusterOfCaches(5, { maxEntries: 10_000 });
  const keys = Array.from({ length: 3_000 }, (_, i) => `user:${i}`);
  fill(members, [...keys, "other"]);
  const told = Promise.all(keys.map((key) => members[0]!.users.invalidate(key)));
  const reached = await cluster.settled(told, 4 * ROUND_TRIP_MS);
  assertEquals(reached, keys.map(() => ({ confirmed: 4, missed: [] })));
  assertEquals(members.map(({ users }) => users.size), [1, 1, 1, 1, 1]);
  await cluster.run(10_000);
  assertEquals(members.map(({ users }) => users.size), [1, 1, 1, 1, 1]);
  const long = keys.slice(0, 500).map((key) => key.padEnd(1_000, "x"));
  fill(members, long);
  await cluster.settled(
    Promise.all(long.map((key) => members[1]!.users.invalidate(key))),
    10 * ROUND_TRIP_MS,
  );
  assertEquals(members.map(({ users }) => users.size), [1, 1, 1, 1, 1], "too many characters");
});

Deno.test("An invalidation before the first word of discovery waits for it, and reaches everybody", async () => {
  const { cluster, members } = await clusterOfCaches(3);
  fill(members, ["a"]);
  const fresh = withCache(cluster.start("job", { isListed: false, discoversAfterMs: 900 }));
  const reach = await cluster.settled(fresh.users.invalidate("a"), 3_000);
  assertEquals(reach, { confirmed: 3, missed: [] });
  assertEquals(serving(members, "a"), []);
});

Deno.test("An invalidation says that nobody is known where discovery does not answer in time, and is heard later", async () => {
  const { cluster, members } = await clusterOfCaches(3);
  fill(members, ["a"]);
  const fresh = withCache(cluster.start("job", { isListed: false, discoversAfterMs: 5_000 }));
  const startMs = cluster.clock.nowMs();
  const reach = await cluster.settled(fresh.users.invalidate("a"), 3_000);
  assertEquals(reach, { confirmed: 0, missed: [UNKNOWN_PEERS] });
  assertEquals(cluster.clock.nowMs() - startMs, NODE_SETTINGS.exchangeTimeoutMs);
  const ending = fresh.users.invalidate("b");
  await fresh.node.caches[Symbol.asyncDispose]();
  assertEquals(await ending, { confirmed: 0, missed: [UNKNOWN_PEERS] });
  await cluster.until("all to hear", () => serving(members, "a").length === 0, 10_000);
});

Deno.test("Caches clear all others at once where more is invalidated in one go than a log keeps", async () => {
  const { cluster, members } = await clusterOfCaches(3);
  fill(members, KEYS);
  const many = Array.from({ length: OWN_LOG_FACTOR * LOG_ENTRIES_MAX + 1 }, (_, i) => `${i}`);
  const told = Promise.all(many.map((key) => members[0]!.users.invalidate(key)));
  const reached = await cluster.settled(told, 10 * ROUND_TRIP_MS);
  assertEquals(reached, many.map(() => ({ confirmed: 2, missed: [] })));
  await cluster.run(10_000);
  assertEquals(members.map(({ users }) => users.size), [1_000, 0, 0]);
  assertEquals(members.map(({ users }) => users.status().invalidations.missed), [0, 1, 1]);
});

Deno.test("Caches name who did not confirm, and reach it over others although one link is cut", async () => {
  const { cluster, members } = await clusterOfCaches(4);
  const [one, two] = members;
  fill(members, ["a"]);
  cluster.between(one!.node, two!.node, { kind: "cut" });
  const reach = await cluster.settled(one!.users.invalidate("a"), 3_000);
  assertEquals(reach, { confirmed: 2, missed: [two!.node.address] });
  const ms = await cluster.until(
    "two to hear of it",
    () => serving(members, "a").length === 0,
    5_000,
  );
  assert(ms <= 2_000, `${ms}`);
});

Deno.test("Caches reach everybody soon although a third of all packets is lost", async () => {
  const { cluster, members } = await clusterOfCaches(5);
  cluster.network.weather = { kind: "open", loss: 0.33, jitterMs: 200, twice: 0.3 };
  for (let i = 0; i < 20; i++) {
    fill(members, ["a"]);
    void members[i % 5]!.users.invalidate("a");
    await cluster.until("all to drop it", () => serving(members, "a").length === 0, 15_000);
  }
});

Deno.test("A cache without a bound serves on behind a partition, and has dropped all it missed soon after", async () => {
  const { cluster, members } = await clusterOfCaches(4, { onTopology: "keep" });
  const [one, two, three, alone] = members;
  fill(members, ["a", "b"]);
  for (const { node } of [one!, two!, three!]) cluster.between(node, alone!.node, { kind: "cut" });
  void one!.users.invalidate("a");
  await cluster.run(30_000);
  assertEquals(serving(members, "a"), ["web-3"]);
  cluster.network.unlinkAll();
  await cluster.until("it to hear", () => serving(members, "a").length === 0, 3_000);
  assertEquals(serving(members, "b").length, 4, "what it missed came piece by piece");
});

Deno.test("A cache clears where more was invalidated than anybody remembers", async () => {
  const { cluster, members } = await clusterOfCaches(3, { onTopology: "keep" });
  const [one, two, alone] = members;
  for (const { node } of [one!, two!]) cluster.between(node, alone!.node, { kind: "cut" });
  fill(members, KEYS);
  await cluster.run(100);
  for (let i = 0; i <= OWN_LOG_FACTOR * LOG_ENTRIES_MAX; i++) {
    void one!.users.invalidate(`other:${i}`);
    if (i % LOG_ENTRIES_MAX === 0) await cluster.run(100);
  }
  await cluster.run(5_000);
  assertEquals(members.map(({ users }) => users.size), [1_000, 1_000, 1_000]);
  cluster.network.unlinkAll();
  await cluster.until("the gap to be seen", () => alone!.users.size === 0, 5_000);
  assertEquals(alone!.users.status().invalidations.missed, 1);
  assertEquals(one!.users.size, 1_000);
});

Deno.test("A cache clears when its node comes back after somebody's last words were forgotten, and no other does", async () => {
  const { cluster, members } = await clusterOfCaches(4, { onTopology: "keep" });
  const [one, two, dead, alone] = members;
  for (const { node } of [one!, two!, dead!]) {
    cluster.between(node, alone!.node, { kind: "cut" });
  }
  fill(members, ["a", "b"]);
  await cluster.settled(dead!.users.invalidate("a"), 3_000);
  const left = dead!.node.leave();
  await cluster.run(ENDED_MS + 60_000);
  await left;
  assertEquals(alone!.users.size, 2);
  cluster.network.unlinkAll();
  await cluster.until("it to be in touch", () => alone!.users.size === 0, 10_000);
  await cluster.run(60_000);
  assertEquals(alone!.users.status().invalidations.missed, 1);
  assertEquals([one!, two!].map(({ users }) => users.size), [1, 1]);
});

Deno.test("A node that was out of touch while nothing was forgotten hears piece by piece what it missed", async () => {
  const { cluster, members } = await clusterOfCaches(3, { onTopology: "keep" });
  const [one, two, alone] = members;
  for (const { node } of [one!, two!]) cluster.between(node, alone!.node, { kind: "cut" });
  fill(members, ["a", "b"]);
  void one!.users.invalidate("a");
  await cluster.run(40 * 60_000);
  assertEquals(alone!.users.size, 2);
  cluster.network.unlinkAll();
  await cluster.until("it to hear", () => alone!.users.size === 1, 10_000);
  await cluster.run(60_000);
  assertEquals(members.map(({ users }) => users.size), [1, 1, 1]);
});

Deno.test("No cache clears when a machine is lost, nor when it is given up for dead", async () => {
  const { cluster, members } = await clusterOfCaches(5, { onTopology: "keep" });
  const [gone, ...rest] = members;
  void gone!.users.invalidate("x");
  await cluster.run(1_000);
  fill(members, KEYS);
  gone!.node.kill("machine");
  cluster.unlist(gone!.node.address);
  await cluster.run(17 * 60_000);
  assertEquals(rest.map(({ users }) => users.size), [1_000, 1_000, 1_000, 1_000]);
  assertEquals(rest.map(({ users }) => users.status().invalidations.missed), [0, 0, 0, 0]);
  const ages = rest.map(({ node }) => node.caches.status().invalidations.vouchedAgeMs!);
  assert(ages.every((ageMs) => ageMs < 3_000), `${ages}`);
});

for (const [minutes, isListed] of [[6, true], [40, true], [20, false], [70, false]] as const) {
  const where = isListed ? "stays in DNS" : "is dropped by DNS";
  Deno.test(`No other cache clears when a node that stood still for ${minutes} minutes and ${where} goes on, and what both sides invalidate is heard`, async () => {
    const { cluster, members } = await clusterOfCaches(4, { onTopology: "keep" });
    const [frozen, ...rest] = members;
    // More than any other keeps of it.
    for (let i = 0; i < 2 * LOG_ENTRIES_MAX; i++) {
      void frozen!.users.invalidate(`other:${i}`);
      if (i % 500 === 0) await cluster.run(100);
    }
    const left = cluster.start("web-9");
    withCache(left, { onTopology: "keep" }).users.invalidate("y");
    await cluster.run(5_000);
    await cluster.settled(left.leave(), 10_000);
    await cluster.run(5_000);
    fill(members, ["a", "b", "c"]);
    frozen!.node.clock.stop(minutes * 60_000);
    if (!isListed) cluster.unlist(frozen!.node.address);
    void rest[0]!.users.invalidate("a");
    await cluster.run(minutes * 60_000 + 100);
    cluster.list(frozen!.node.address);
    void frozen!.users.invalidate("b");
    await cluster.until("all to hear", () => {
      return serving(members, "a").length === 0 && serving(members, "b").length === 0;
    }, 10_000);
    await cluster.run(60_000);
    assertEquals(serving(rest, "c"), rest.map(({ node }) => node.name));
    assertEquals(rest.map(({ users }) => users.status().invalidations.missed), [0, 0, 0]);
  });
}

Deno.test("Both sides of a split clear where one has forgotten what it alone was told by a node that died there", async () => {
  for (const isListed of [true, false]) {
    const { cluster, members } = await clusterOfCaches(5, { onTopology: "keep" });
    const [one, two, three, four, dead] = members;
    for (const a of [one!, two!]) {
      for (const b of [three!, four!, dead!]) cluster.between(a.node, b.node, { kind: "cut" });
    }
    fill(members, ["a", "b"]);
    void dead!.users.invalidate("a");
    const left = dead!.node.leave();
    // Without DNS, those who can't reach each other take each other for dead, and forget each other.
    if (!isListed) cluster.unlist(...members.map(({ node }) => node.address));
    await cluster.run(60 * 60_000);
    await left;
    assertEquals([one!, two!].map(({ users }) => users.size), [2, 2]);
    cluster.network.unlinkAll();
    cluster.list(...members.map(({ node }) => node.address));
    await cluster.until(
      "all to hear",
      () => serving(members.slice(0, 4), "a").length === 0,
      20_000,
    );
    assertEquals([three!, four!].map(({ users }) => users.size), [1, 1], `${isListed}`);
  }
});

Deno.test("A cache with a bound serves nothing older than it behind a partition, and all of it again after", async () => {
  const { cluster, members } = await clusterOfCaches(4, { staleMsMax: BOUND_MS });
  const [one, two, three, alone] = members;
  fill(members, ["a", "b"]);
  await cluster.run(20_000);
  assertEquals(serving(members, "a").length, 4, "nobody is out of touch");
  for (const { node } of [one!, two!, three!]) cluster.between(node, alone!.node, { kind: "cut" });
  const cutAtMs = cluster.clock.nowMs();
  void one!.users.invalidate("a");
  await cluster.until("it to stop", () => serving(members, "a").length === 0, BOUND_MS + 20);
  assert(cluster.clock.nowMs() - cutAtMs <= BOUND_MS + 20);
  assertEquals(serving(members, "b").includes("web-3"), false);
  alone!.users.set("c", "new");
  assertEquals(alone!.users.get("c"), "new", "what is younger than the bound is served");
  cluster.network.unlinkAll();
  await cluster.until("it to be in touch", () => serving(members, "b").length === 4, 5_000);
  assertEquals(serving(members, "a"), []);
});

Deno.test("A cache with a bound is whole again soon after a crash that refuses connections", async () => {
  const { cluster, members } = await clusterOfCaches(4, {
    staleMsMax: BOUND_MS,
    onTopology: "keep",
  });
  const [one, ...others] = members;
  fill(members, ["a"]);
  await cluster.run(10_000);
  one!.node.kill("process");
  await cluster.run(10_000);
  assertEquals(serving(others, "a").length, 3);
});

Deno.test("A cache with a bound stays a short-lived one while a machine is silent: it may be a partition", async () => {
  const { cluster, members } = await clusterOfCaches(3, {
    staleMsMax: BOUND_MS,
    onTopology: "keep",
  });
  const [one, ...others] = members;
  fill(members, ["a"]);
  one!.node.kill("machine");
  await cluster.run(30_000);
  assertEquals(serving(others, "a"), []);
  fill(others, ["b"]);
  assertEquals(serving(others, "b").length, 2);
  // Out of DNS and silent for a quarter of an hour it counts as dead.
  cluster.unlist(one!.node.address);
  await cluster.run(16 * 60_000);
  fill(others, ["b"]);
  await cluster.run(60_000);
  assertEquals(serving(others, "b").length, 2);
});

Deno.test("A node that stood still serves nothing old when it goes on, before it has heard anything", async () => {
  const { cluster, members } = await clusterOfCaches(3, { staleMsMax: BOUND_MS });
  const [one, , frozen] = members;
  fill(members, ["a"]);
  await cluster.run(6_000);
  frozen!.node.clock.stop(20_000);
  await cluster.run(10_000);
  void one!.users.invalidate("a");
  await cluster.run(9_990);
  assertEquals(frozen!.users.get("a"), undefined);
});

Deno.test("A new node, a restart and a graceful leave make no bounded cache lose anything", async () => {
  const { cluster, members } = await clusterOfCaches(3, {
    staleMsMax: BOUND_MS,
    onTopology: "keep",
  });
  const [one, two, three] = members;
  void three!.users.invalidate("x");
  await cluster.run(1_000);
  fill(members, ["a"]);
  const rest = [one!, two!];
  const watch = async (ms: number) => {
    for (let at = 0; at < ms; at += 200) {
      await cluster.run(200);
      assertEquals(serving(rest, "a").length, 2, `${at} ms`);
    }
  };
  const fresh = withCache(cluster.start("web-9"), { staleMsMax: BOUND_MS });
  await watch(10_000);
  const left = three!.node.leave();
  await watch(10_000);
  await left;
  fresh.node.kill("process");
  cluster.start("web-9", { address: fresh.node.address });
  await watch(15_000);
});

Deno.test("An invalidation outlives the node that made it once any other has it", async () => {
  const { cluster, members } = await clusterOfCaches(4, {
    staleMsMax: BOUND_MS,
    onTopology: "keep",
  });
  const [one, two, three, alone] = members;
  fill(members, ["a"]);
  for (const { node } of [one!, two!, three!]) cluster.between(node, alone!.node, { kind: "cut" });
  void one!.users.invalidate("a");
  await cluster.run(ROUND_TRIP_MS);
  one!.node.kill("process");
  await cluster.run(30_000);
  cluster.network.unlinkAll();
  await cluster.until("all to be in touch", () => alone!.node.statusOf(two!.node) === "up", 10_000);
  await cluster.run(10_000);
  assertEquals(serving(members.slice(1), "a"), []);
});

Deno.test("Caches drop about 1/n of the keys when a node goes or comes, and keep the rest", async () => {
  const { cluster, members } = await clusterOfCaches(5);
  const [gone, ...rest] = members;
  fill(members, KEYS);
  const owned = KEYS.filter((key) => gone!.users.ownerOf(key) === "web-0");
  assert(owned.length > 120 && owned.length < 280, `${owned.length}`);
  gone!.node.kill("process");
  await cluster.until(
    "all to know",
    () => rest.every(({ node }) => node.statusOf(gone!.node) === "down"),
    15_000,
  );
  for (const { users } of rest) {
    assertEquals(KEYS.filter((key) => users.get(key) === undefined), owned);
    assertEquals(users.status().dropped.topology, owned.length);
  }
  fill(rest, KEYS);
  const fresh = withCache(cluster.start("web-7"));
  await cluster.until(
    "all to know it",
    () => rest.every(({ node }) => node.statusOf(fresh.node) === "up"),
    15_000,
  );
  const after = new Rendezvous(["web-1", "web-2", "web-3", "web-4", "web-7"]);
  const moved = KEYS.filter((key) => after.ownerOf(key) === "web-7");
  for (const { users } of rest) {
    assertEquals(KEYS.filter((key) => users.get(key) === undefined), moved);
  }
  assert(moved.length > 120 && moved.length < 280, `${moved.length}`);
});

Deno.test("Caches clear, keep or ask when the topology changes, and clear where asking fails", async () => {
  const { cluster, members: [one, two] } = await clusterOfCaches(2, { onTopology: "keep" });
  const asked: string[] = [];
  const create = (
    name: string,
    onTopology: NonNullable<CacheOptions<string>["onTopology"]>,
  ) => one!.node.caches.create<string>({ name, maxEntries: 10, onTopology });
  const clearing = create("clearing", "clear");
  const choosing = create("choosing", (event) => {
    asked.push(`${event.kind} ${event.node}`);
    return event.kind === "down" ? "clear" : "keep";
  });
  const failing = create("failing", () => {
    throw new Error("never");
  });
  const caches = [one!.users, clearing, choosing, failing];
  for (const cache of caches) cache.set("a", "1");
  two!.node.kill("process");
  await cluster.run(12_000);
  assertEquals(caches.map(({ size }) => size), [1, 0, 0, 0]);
  assertEquals(asked, ["down web-1"]);
  for (const cache of caches) cache.set("a", "1");
  cluster.start("web-1", { address: two!.node.address });
  await cluster.run(5_000);
  assertEquals(caches.map(({ size }) => size), [1, 0, 1, 0]);
  assertEquals(asked, ["down web-1", "replaced web-1", "up web-1"]);
});

Deno.test("Caches are cleared, and log it, where onTopology gives no reaction or only promises one", async () => {
  const { members: [one] } = await clusterOfCaches(1);
  const log: unknown[] = [];
  const bus = createBus(silentLog);
  const caches = new Caches({
    node: one!.node.node,
    bus,
    log: { log: (_level, sentence, fields) => void log.push([sentence, fields?.error]) },
    timeoutMs: 500,
  });
  const rule = "it must give clear, rebalance or keep: received";
  const throwing = () => {
    throw Object.create(null);
  };
  const answers: [string, () => unknown, string][] = [
    ["rejecting", () => Promise.reject(new Error("no")), `${rule} a promise`],
    ["promising", () => Promise.resolve("keep"), `${rule} a promise`],
    ["silent", () => undefined, `${rule} undefined`],
    ["misspelt", () => "drop", `${rule} "drop"`],
    ["throwing", throwing, errorText(Object.create(null))],
  ];
  const made = answers.map(([name, onTopology]) =>
    caches.create<string>({ name, maxEntries: 10, onTopology: onTopology as () => "keep" })
  );
  for (const cache of made) cache.set("a", "1");
  bus.emit(CLUSTER_EVENT, {}, { kind: "up" });
  // A rejection that nobody takes would fail this test by now.
  await settle();
  assertEquals(made.map(({ size }) => size), [0, 0, 0, 0, 0]);
  assertEquals(
    log,
    answers.map(([name, , reason]) => [
      `onTopology of the cache "${name}" failed, so the cache was cleared.`,
      reason,
    ]),
  );
  await caches[Symbol.asyncDispose]();
});

Deno.test("Caches show how far each log has come, and who owns keys", async () => {
  const { cluster, members: [one, two, three] } = await clusterOfCaches(3, {
    staleMsMax: BOUND_MS,
  });
  await cluster.settled(two!.users.invalidate("a"), ROUND_TRIP_MS);
  await cluster.run(3_000);
  const { caches, invalidations, owners } = one!.node.caches.status();
  assertEquals(owners, ["web-0", "web-1", "web-2"]);
  assertEquals(invalidations.position, 0);
  assert(invalidations.vouchedAgeMs! < 2_000, `${invalidations.vouchedAgeMs}`);
  const logs = invalidations.logs.map(({ node, incarnation, position, isEnded }) =>
    [node, incarnation, position, isEnded] as const
  );
  assertEquals(logs.sort(), [
    ["web-1", two!.node.incarnation, 1, false],
    ["web-2", three!.node.incarnation, 0, false],
  ]);
  assertEquals(caches.map(({ name, entries }) => [name, entries]), [["users", 0]]);
  assertThrows(() => withCache(one!.node), TypeError, "name must be one that no other cache");
  one!.users[Symbol.dispose]();
  withCache(one!.node);
});

Deno.test("A cache that is disposed of twice takes nothing from the next one of its name", async () => {
  const { cluster, members: [one, two] } = await clusterOfCaches(2);
  one!.users[Symbol.dispose]();
  const next = withCache(one!.node, { staleMsMax: BOUND_MS });
  one!.users[Symbol.dispose]();
  assertThrows(() => withCache(one!.node), TypeError, "name must be one that no other cache");
  assertEquals(one!.node.caches.status().caches.map(({ staleMsMax }) => staleMsMax), [BOUND_MS]);
  await cluster.run(1_000);
  fill([next, two!], ["a"]);
  const reach = await cluster.settled(two!.users.invalidate("a"), ROUND_TRIP_MS);
  assertEquals(reach, { confirmed: 1, missed: [] });
  assertEquals(serving([next, two!], "a"), []);
  fill([next, two!], ["b", "c"]);
  await cluster.settled(one!.users.invalidate("b"), ROUND_TRIP_MS);
  assertEquals(
    serving([next, two!], "b"),
    [],
    "whoever still has the old one may invalidate by it",
  );
  assertEquals(serving([next, two!], "c").length, 2);
});

Deno.test("Two caches of a node can't tell of themselves by the same events, one after the other can", async () => {
  const { members: [one, two] } = await clusterOfCaches(2);
  const create = (name: string, member = one!) =>
    member.node.caches.create({ name, maxEntries: 1, events: "rsolv.validation" });
  const first = create("patterns");
  assertThrows(
    () => create("findings"),
    TypeError,
    'Cannot create the cache "findings": events must be a name that no other cache of this node ' +
      'has: received "rsolv.validation", which the cache "patterns" has',
  );
  create("findings", two!);
  first[Symbol.dispose]();
  create("findings");
  assertEquals(one!.node.caches.status().caches.map(({ name }) => name), ["users", "findings"]);
});

Deno.test("A node without caches hands on what others invalidate", async () => {
  const { cluster, members: [one, two] } = await clusterOfCaches(2);
  const fresh = cluster.start("plain");
  await cluster.until("it to be up", () => one!.node.statusOf(fresh) === "up", 10_000);
  await cluster.settled(two!.users.invalidate("a"), ROUND_TRIP_MS);
  assertEquals(fresh.node.invalidations.positionOf(two!.node.incarnation), 1);
});

Deno.test("Twenty nodes that reach each other can vouch for all but the last three heartbeats", async () => {
  const { cluster, members } = await clusterOfCaches(20);
  await cluster.run(5_000);
  for (let i = 0; i < 40; i++) {
    await cluster.run(100);
    for (const { node } of members) {
      const ageMs = node.clock.nowMs() - node.node.invalidations.vouchedAtMs;
      assert(ageMs <= 3_000, `${node.name}: ${ageMs}`);
    }
  }
});

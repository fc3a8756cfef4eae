import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Cache } from "../../src/cache/cache.ts";
import type { CacheOptions } from "../../src/cache/cache_options.ts";
import type { SetOptions, WrapOptions } from "../../src/cache/value_options.ts";
import { settle } from "../fake_clock.ts";
import { LocalHost } from "./local_host.ts";

function createCache(options: Partial<CacheOptions<string>> = {}) {
  const host = new LocalHost();
  const cache = new Cache<string>({ name: "users", maxEntries: 100, ...options }, host);
  return { cache, host };
}

/** A loader that the test lets answer, and that counts how often it was asked. */
function controlled() {
  const waiting: ReturnType<typeof Promise.withResolvers<string | undefined>>[] = [];
  return {
    waiting,
    load: () => {
      const deferred = Promise.withResolvers<string | undefined>();
      waiting.push(deferred);
      return deferred.promise;
    },
  };
}

Deno.test("Cache.get gives what was set until it is deleted, and the least recently used goes first", () => {
  const { cache } = createCache({ maxEntries: 2 });
  cache.set("a", "1");
  cache.set("b", "2");
  assertEquals(cache.get("a"), "1");
  cache.set("c", "3");
  assertEquals([cache.get("a"), cache.get("b"), cache.get("c")], ["1", undefined, "3"]);
  assertEquals([cache.delete("a"), cache.delete("a")], [true, false]);
  assertEquals(cache.get("a"), undefined);
  assertEquals(cache.size, 1);
});

Deno.test("Cache.get gives nothing from the end of ttlMs on, of the cache or of the entry", () => {
  const { cache, host } = createCache({ ttlMs: 1_000 });
  cache.set("a", "1");
  cache.set("b", "2", { ttlMs: 1_500 });
  host.clock.jump(999);
  assertEquals([cache.get("a"), cache.get("b")], ["1", "2"]);
  host.clock.jump(1);
  assertEquals([cache.get("a"), cache.get("b")], [undefined, "2"]);
  host.clock.jump(500);
  assertEquals(cache.get("b"), undefined);
  assertEquals(cache.size, 0);
});

Deno.test("Cache.lookup tells absent from missing for absentTtlMs", () => {
  const { cache, host } = createCache({ absentTtlMs: 1_000 });
  cache.setAbsent("a");
  cache.set("b", "2");
  assertEquals(cache.get("a"), undefined);
  const kinds = () => ["a", "b", "c"].map((key) => cache.lookup(key).kind);
  assertEquals(kinds(), ["absent", "found", "missing"]);
  host.clock.jump(1_000);
  assertEquals(kinds(), ["missing", "found", "missing"]);
});

Deno.test("Cache.wrap loads once for all who ask meanwhile, and remembers", async () => {
  const { cache } = createCache();
  const { load, waiting } = controlled();
  const asked = [cache.wrap("a", load), cache.wrap("a", load), cache.wrap("a", load)];
  assertEquals(waiting.length, 1);
  waiting[0]!.resolve("1");
  assertEquals(await Promise.all(asked), ["1", "1", "1"]);
  assertEquals(await cache.wrap("a", load), "1");
  assertEquals(waiting.length, 1);
});

Deno.test("Cache.wrap gives what load throws to all who wait, and asks again next time", async () => {
  const { cache } = createCache();
  const { load, waiting } = controlled();
  const asked = [cache.wrap("a", load), cache.wrap("a", load)];
  waiting[0]!.reject(new Error("no database"));
  for (const each of asked) await assertRejects(() => each, Error, "no database");
  const throwing = () => {
    throw new Error("at once");
  };
  await assertRejects(() => cache.wrap("a", throwing), Error, "at once");
  const again = cache.wrap("a", load);
  waiting[1]!.resolve("1");
  assertEquals(await again, "1");
});

Deno.test("Cache.wrap refuses a loader that asks for its own key at once, and keeps nothing of it", async () => {
  const { cache, host } = createCache({ ttlMs: 1_000, staleTtlMs: 1_000 });
  const leaf = () => Promise.resolve("leaf");
  const inner = async () => `b(${await cache.wrap("a", leaf)})`;
  const outer = async () => `a(${await cache.wrap("b", inner)})`;
  const sentence =
    'Cannot load "a" for the cache "users": its loader must not ask for the key that';
  await assertRejects(() => cache.wrap("a", outer), TypeError, sentence);
  assertEquals([cache.size, cache.status().loading], [0, 0]);
  assertEquals(await cache.wrap("a", leaf), "leaf");
  host.clock.jump(1_000);
  const again = async () => `again ${await cache.wrap("a", leaf)}`;
  assertEquals(await cache.wrap("a", again), "leaf");
  await settle();
  assertEquals(cache.get("a"), "again leaf", "the old value is there for its loader too");
});

Deno.test("Cache.wrap gives up a loader after loadTimeoutMs, keeps nothing that it gives later, and loads anew", async () => {
  const { cache, host } = createCache({ loadTimeoutMs: 1_000 });
  const outcomes: unknown[] = [];
  host.bus.attach("muster.cache.load", (_, { duration_ms }, { outcome }) => {
    outcomes.push([outcome, duration_ms]);
  });
  const { waiting, load } = controlled();
  const both = [cache.wrap("a", load), cache.wrap("a", load)].map((asked) =>
    assertRejects(
      () => asked,
      DOMException,
      'Cannot load "a" for the cache "users": its loader must end within 1000 ms',
    )
  );
  await host.clock.advance(1_000);
  await Promise.all(both);
  const again = cache.wrap("a", load);
  waiting[0]!.resolve("late");
  await settle();
  assertEquals(cache.get("a"), undefined);
  await host.clock.advance(999);
  waiting[1]!.resolve("1");
  assertEquals([await again, cache.get("a"), waiting.length], ["1", "1", 2]);
  const failed = assertRejects(() => cache.wrap("b", load), DOMException);
  await host.clock.advance(1_000);
  await failed;
  waiting[2]!.reject(new Error("late as well"));
  await settle();
  assertEquals(outcomes, [["timed_out", 1_000], ["found", 999], ["timed_out", 1_000]]);
  assertEquals(host.clock.pending, 0);
});

Deno.test("Cache.wrap lets no loader that waits for its own key wait for ever", async () => {
  const { cache, host } = createCache();
  const load = async (): Promise<string> => {
    await Promise.resolve();
    return `${await cache.wrap("a", load)}`;
  };
  const asked = assertRejects(() => cache.wrap("a", load), DOMException, "within 60000 ms");
  await host.clock.advance(60_000);
  await asked;
  assertEquals(cache.status().loading, 0);
});

Deno.test("Cache.wrap holds promises of other libraries to the deadline, and sets none for what throws", async () => {
  const { cache, host } = createCache({ loadTimeoutMs: 1_000 });
  const thenable = (then: (resolve: (value: unknown) => void) => void) =>
    ({ then }) as unknown as Promise<string>;
  const throwing = thenable(() => {
    throw new Error("no database");
  });
  await assertRejects(() => cache.wrap("a", () => throwing), Error, "no database");
  assertEquals(host.clock.pending, 0, "a timer would reject what nobody waits for");
  await host.clock.advance(1_000);
  const never = thenable((resolve) => resolve(new Promise(() => {})));
  const asked = assertRejects(() => cache.wrap("a", () => never), DOMException, "within 1000 ms");
  await host.clock.advance(1_000);
  await asked;
  assertEquals(await cache.wrap("a", () => thenable((resolve) => resolve("1"))), "1");
  assertEquals([cache.get("a"), host.clock.pending], ["1", 0]);
});

Deno.test("Cache sets no timer for a loader that answers at once or may take for ever", async () => {
  const { cache, host } = createCache();
  assertEquals(await cache.wrap("a", () => "1"), "1");
  const slow = createCache({ loadTimeoutMs: Infinity });
  const { waiting, load } = controlled();
  const asked = slow.cache.wrap("a", load);
  assertEquals([slow.host.clock.pending, host.clock.pending], [0, 0]);
  waiting[0]!.resolve("2");
  assertEquals(await asked, "2");
});

Deno.test("Cache gives what is loaded when it is disposed of, and after, to who waits, and lets nobody wait for ever", async () => {
  const { cache, host } = createCache({ loadTimeoutMs: 1_000 });
  const { waiting, load } = controlled();
  const inTime = cache.wrap("a", load);
  const late = assertRejects(() => cache.wrap("b", load), DOMException, "within 1000 ms");
  cache[Symbol.dispose]();
  const after = assertRejects(() => cache.wrap("c", load), DOMException, "within 1000 ms");
  waiting[0]!.resolve("1");
  assertEquals(await inTime, "1");
  await host.clock.advance(1_000);
  await Promise.all([late, after]);
  assertEquals([cache.size, host.clock.pending], [0, 0]);
});

Deno.test("Cache.wrap remembers what was not found for absentTtlMs, and by default not at all", async () => {
  for (const [absentTtlMs, asked] of [[0, 2], [1_000, 1]] as const) {
    const { cache, host } = createCache({ absentTtlMs });
    let loads = 0;
    const load = () => {
      loads++;
      return undefined;
    };
    assertEquals(await cache.wrap("a", load), undefined);
    assertEquals(await cache.wrap("a", load), undefined);
    assertEquals(loads, asked);
    host.clock.jump(1_000);
    await cache.wrap("a", load);
    assertEquals(loads, asked + 1);
  }
});

Deno.test("Cache.wrap counts ttlMs and absentTtlMs from when the loading began", async () => {
  const { cache, host } = createCache({ ttlMs: 1_000, absentTtlMs: 1_000 });
  for (const value of ["1", undefined]) {
    for (const [tookMs, kind] of [[999, value ? "found" : "absent"], [1_000, "missing"]] as const) {
      const { load, waiting } = controlled();
      cache.delete("a");
      const asked = cache.wrap("a", load);
      host.clock.jump(tookMs);
      waiting[0]!.resolve(value);
      assertEquals(await asked, value);
      assertEquals(cache.lookup("a").kind, kind);
    }
  }
});

Deno.test("Cache.wrap serves the old value while it loads it anew, within staleTtlMs and no longer", async () => {
  const { cache, host } = createCache({ ttlMs: 1_000, staleTtlMs: 500 });
  const { load, waiting } = controlled();
  cache.set("a", "old");
  host.clock.jump(1_499);
  assertEquals(await cache.wrap("a", load), "old");
  assertEquals(await cache.wrap("a", load), "old");
  assertEquals(waiting.length, 1, "loaded once behind the old value");
  assertEquals(cache.get("a"), undefined, "get does not serve what is stale");
  waiting[0]!.resolve("new");
  await settle();
  assertEquals(cache.get("a"), "new");
  host.clock.jump(1_500);
  const asked = cache.wrap("a", load);
  waiting[1]!.resolve("newest");
  assertEquals(await asked, "newest");
});

Deno.test("Cache.wrap drops the old value where loading it anew finds that it is no more", async () => {
  const { cache, host } = createCache({ ttlMs: 1_000, staleTtlMs: 500 });
  cache.set("a", "old");
  host.clock.jump(1_100);
  assertEquals(await cache.wrap("a", () => undefined), "old");
  await settle();
  assertEquals(cache.size, 0);
});

Deno.test("Cache.wrap keeps serving the old value where loading it anew fails, until it is too old", async () => {
  const { cache, host } = createCache({ ttlMs: 1_000, staleTtlMs: 500 });
  const failing = () => Promise.reject(new Error("no database"));
  cache.set("a", "old");
  host.clock.jump(1_100);
  for (let i = 0; i < 3; i++) {
    assertEquals(await cache.wrap("a", failing), "old");
    await settle();
  }
  host.clock.jump(400);
  await assertRejects(() => cache.wrap("a", failing), Error, "no database");
});

for (
  const [what, act] of Object.entries({
    "its key": (cache: Cache<string>) => cache.invalidate("a"),
    "its tag": (cache: Cache<string>) => cache.invalidateTag("team:1"),
    everything: (cache: Cache<string>) => cache.clear(),
    "its key elsewhere": (cache: Cache<string>) => cache.drop("key", "a"),
    "its tag elsewhere": (cache: Cache<string>) => cache.drop("tag", "team:1"),
    "what was missed": (cache: Cache<string>) => cache.drop("missed"),
  })
) {
  for (const tags of [["team:1"], () => ["team:1"]]) {
    const known = typeof tags === "function" ? "its value tells its tags" : "its tags are known";
    Deno.test(`Cache.wrap keeps nothing that was loaded while ${what} was invalidated, where ${known}`, async () => {
      const { cache } = createCache();
      const { load, waiting } = controlled();
      const before = cache.wrap("a", load, { tags });
      void act(cache);
      const after = cache.wrap("a", load, { tags });
      assertEquals(waiting.length, 2, "who asks after it does not join what began before it");
      waiting[1]!.resolve("new");
      assertEquals(await after, "new");
      waiting[0]!.resolve("old");
      assertEquals(await before, "old");
      assertEquals(cache.get("a"), "new");
      void act(cache);
      assertEquals(cache.get("a"), undefined);
    });
  }
}

Deno.test("Cache.wrap keeps nothing whose tags were invalidated, though their list was changed meanwhile", async () => {
  const { cache } = createCache();
  const { load, waiting } = controlled();
  const tags = ["team:1"];
  const asked = cache.wrap("a", load, { tags });
  tags[0] = "team:2";
  void cache.invalidateTag("team:1");
  waiting[0]!.resolve("1");
  assertEquals([await asked, cache.get("a")], ["1", undefined]);
  const again = cache.wrap("a", load, { tags });
  tags[0] = "team:3";
  waiting[1]!.resolve("1");
  assertEquals([await again, cache.get("a")], ["1", "1"]);
  void cache.invalidateTag("team:2");
  assertEquals(cache.get("a"), undefined);
});

Deno.test("Cache.wrap lets a value carry the tags of all who waited for it, and the shortest time", async () => {
  const team = (n: number) => [`team:${n}`];
  const wishes: WrapOptions<string>[] = [
    { tags: team(1) },
    { tags: team(2), ttlMs: 1_000 },
    { tags: () => team(3), ttlMs: 2_000 },
    { tags: (value) => team(Number(value)) },
  ];
  for (const tag of ["team:1", "team:2", "team:3", "team:4"]) {
    for (const isUnderWay of [true, false]) {
      const { cache } = createCache();
      const { load, waiting } = controlled();
      const asked = wishes.map((wish) => cache.wrap("a", load, wish));
      assertEquals(waiting.length, 1);
      if (isUnderWay) void cache.invalidateTag(tag);
      waiting[0]!.resolve("4");
      assertEquals(await Promise.all(asked), ["4", "4", "4", "4"]);
      assertEquals(cache.get("a"), isUnderWay ? undefined : "4");
      void cache.invalidateTag(tag);
      assertEquals(cache.get("a"), undefined);
    }
  }
  const { cache, host } = createCache();
  await Promise.all(wishes.map((wish) => cache.wrap("a", () => Promise.resolve("4"), wish)));
  host.clock.jump(999);
  assertEquals(cache.get("a"), "4");
  host.clock.jump(1);
  assertEquals(cache.get("a"), undefined);
});

Deno.test("Cache.wrap joins no loading that may have begun before one of its tags was invalidated", async () => {
  const { cache } = createCache();
  const { load, waiting } = controlled();
  const before = cache.wrap("a", load, { tags: ["team:1"] });
  void cache.invalidateTag("team:2");
  const same = cache.wrap("a", load, { tags: ["team:1"] });
  const after = cache.wrap("a", load, { tags: ["team:2"] });
  void cache.invalidateTag("team:3");
  const either = [["team:1"], ["team:2"]].map((tags) => cache.wrap("a", load, { tags }));
  assertEquals(waiting.length, 2);
  waiting[0]!.resolve("old");
  waiting[1]!.resolve("new");
  const given = await Promise.all([before, same, after, ...either]);
  assertEquals(given.join(), "old,old,new,new,new");
  assertEquals(cache.get("a"), "new");
  void cache.invalidateTag("team:1");
  assertEquals(cache.get("a"), undefined);
});

Deno.test("Cache.wrap keeps nothing that is asked for once more while its tags or size are told", async () => {
  for (const isMeasured of [false, true]) {
    const asked: Promise<string | undefined>[] = [];
    const ask = () => {
      const tags = () => (ask(), ["team:1"]);
      asked.push(cache.wrap("a", () => "2", { tags }));
      return 1;
    };
    const { cache } = createCache(isMeasured ? { sizeOf: ask } : {});
    const tags = isMeasured ? ["team:2"] : () => (ask(), ["team:2"]);
    assertEquals(await cache.wrap("a", () => "1", { tags }), "1");
    assertEquals(await Promise.all(asked), ["1"]);
    assertEquals([cache.size, cache.status().loading], [0, 0]);
  }
});

const ENDS: Readonly<Record<string, (cache: Cache<string>) => unknown>> = {
  "its key": (cache) => cache.invalidate("a"),
  "its tag": (cache) => cache.invalidateTag("team:1"),
  everything: (cache) => cache.clear(),
  "its key here": (cache) => cache.delete("a"),
  "all by an end": (cache) => cache[Symbol.dispose](),
};
for (const [what, act] of Object.entries(ENDS)) {
  Deno.test(`Cache keeps nothing whose own size or tags invalidate ${what}`, async () => {
    const tags = ["team:1"];
    const { cache: telling } = createCache();
    const told = () => (act(telling), tags);
    assertEquals(await telling.wrap("a", () => "1", { tags: told }), "1");
    assertEquals([telling.size, telling.status().tags], [0, 0]);
    for (const fill of ["set", "wrap"]) {
      const { cache: measured } = createCache({ sizeOf: () => (act(measured), 1) });
      if (fill === "set") measured.set("a", "1", { tags });
      else assertEquals(await measured.wrap("a", () => "1", { tags }), "1");
      assertEquals([measured.size, measured.status().tags], [0, 0]);
    }
  });
}

Deno.test("Cache keeps what is measured while something else is invalidated, and what is set meanwhile", async () => {
  const { cache } = createCache({
    sizeOf: (value) => {
      if (value === "newer") return 1;
      void cache.invalidate("b");
      void cache.invalidateTag("team:2");
      if (value === "older") cache.set("a", "newer");
      return 1;
    },
  });
  cache.set("a", "1", { tags: ["team:1"] });
  assertEquals(cache.get("a"), "1");
  cache.set("a", "older");
  assertEquals(cache.get("a"), "newer");
  cache.delete("a");
  assertEquals(await cache.wrap("a", () => "older"), "older");
  assertEquals(cache.get("a"), "newer");
});

Deno.test("Cache.set takes undefined for there being no value, as what a loader gives", () => {
  const none = undefined as unknown as string;
  const { cache, host } = createCache({ absentTtlMs: 1_000 });
  cache.set("a", "old");
  cache.set("a", none, { ttlMs: 60_000, tags: ["team:1"] });
  assertEquals([cache.lookup("a"), cache.get("a")], [{ kind: "absent" }, undefined]);
  assertEquals(cache.status().tags, 1);
  host.clock.jump(1_000);
  assertEquals(cache.lookup("a"), { kind: "missing" });
  const forgetful = createCache().cache;
  forgetful.set("a", "old");
  forgetful.set("a", none);
  assertEquals([forgetful.size, forgetful.status().hits], [0, 0]);
});

Deno.test("Cache.wrap keeps what was loaded while another key or tag was invalidated", async () => {
  const { cache } = createCache();
  const { load, waiting } = controlled();
  const asked = cache.wrap("a", load, { tags: ["team:1"] });
  void cache.invalidate("b");
  void cache.invalidateTag("team:2");
  waiting[0]!.resolve("1");
  assertEquals(await asked, "1");
  assertEquals(cache.get("a"), "1");
});

Deno.test("Cache.set is not overwritten by a loading that began before it", async () => {
  const { cache } = createCache();
  const { load, waiting } = controlled();
  const asked = cache.wrap("a", load);
  cache.set("a", "set");
  waiting[0]!.resolve("loaded");
  assertEquals(await asked, "loaded");
  assertEquals(cache.get("a"), "set");
  const again = controlled();
  cache.delete("a");
  const begun = cache.wrap("a", again.load);
  cache.delete("a");
  again.waiting[0]!.resolve("late");
  await begun;
  assertEquals(cache.get("a"), undefined);
});

Deno.test("Cache.invalidateTag drops every entry that carries the tag now, and no other", async () => {
  const { cache, host } = createCache();
  cache.set("a", "1", { tags: ["x", "y"] });
  cache.set("b", "2", { tags: ["y"] });
  cache.set("c", "3", { tags: ["x"] });
  cache.set("c", "3", { tags: ["z"] });
  await cache.invalidateTag("x");
  assertEquals(["a", "b", "c"].map((key) => cache.get(key)), [undefined, "2", "3"]);
  assertEquals(host.told, [{ kind: "tag", cache: "users", name: "x" }]);
  assertEquals(cache.status().tags, 2);
});

Deno.test("Cache with staleMsMax serves an entry only while it can be vouched for", () => {
  const { cache, host } = createCache({ staleMsMax: 5_000 });
  host.vouch.vouchedAtMs = host.clock.nowMs();
  cache.set("a", "1");
  const startMs = host.clock.nowMs();
  host.clock.jump(5_000);
  assertEquals(cache.get("a"), "1", "it is younger than the bound itself");
  host.clock.jump(1);
  assertEquals(cache.get("a"), undefined);
  cache.set("b", "2");
  assertEquals(cache.get("b"), "2", "what came later is");
  host.vouch.vouchedAtMs = startMs + 1;
  assertEquals(cache.get("a"), "1", "word came that nothing was missed");
  host.vouch.vouchedAtMs = -Infinity;
  assertEquals([cache.get("a"), cache.get("b")], [undefined, "2"]);
  assertEquals(cache.status().misses, 2);
});

Deno.test("Cache.wrap with staleMsMax joins no loading that began before what it can vouch for", async () => {
  const { cache, host } = createCache({ staleMsMax: 5_000 });
  const { load, waiting } = controlled();
  host.vouch.vouchedAtMs = host.clock.nowMs();
  const first = cache.wrap("a", load);
  host.clock.jump(5_000);
  const second = cache.wrap("a", load);
  host.clock.jump(1);
  const third = cache.wrap("a", load);
  assertEquals(waiting.length, 2);
  waiting[0]!.resolve("old");
  waiting[1]!.resolve("new");
  assertEquals(await Promise.all([first, second, third]), ["old", "old", "new"]);
  assertEquals(cache.get("a"), "new");
});

Deno.test("Cache holds maxBytes at most, and nothing that is larger", () => {
  const { cache } = createCache({ maxBytes: 100 });
  for (let i = 0; i < 10; i++) cache.set(`${i}`, "x".repeat(10));
  assertEquals([cache.size, cache.bytes], [5, 100]);
  cache.set("large", "x".repeat(51));
  assertEquals(cache.get("large"), undefined);
  const own = createCache({ maxBytes: 10, sizeOf: (value, key) => value.length + key.length });
  own.cache.set("ab", "12345678");
  own.cache.set("c", "123456789");
  assertEquals([own.cache.size, own.cache.bytes], [1, 10]);
});

Deno.test("Cache measures an object anew that is set again, and counts NaN as kept", () => {
  const host = new LocalHost();
  const cache = new Cache<unknown>({ name: "users", maxEntries: 100, maxBytes: 100 }, host);
  const list = [1];
  cache.set("a", list);
  cache.set("b", "123");
  for (let i = 0; i < 45; i++) list.push(1);
  cache.set("a", list);
  assertEquals([cache.bytes, cache.size], [99, 2]);
  for (let i = 0; i < 3; i++) list.push(1);
  cache.set("a", list);
  assertEquals([cache.bytes, cache.size, cache.get("b")], [99, 1, undefined]);
  const causes: unknown[] = [];
  host.bus.attach("muster.cache.eviction", (_, { count }, { cause }) => causes.push(cause, count));
  cache.clear();
  cache.set("number", NaN);
  assertEquals(cache.get("number"), NaN);
  cache.tell();
  assertEquals(causes, ["full", 1]);
});

Deno.test("Cache gives what can't be measured or tagged, keeps neither it nor what it replaces, and counts it", async () => {
  const circular: Record<string, unknown> = {};
  circular.itself = circular;
  const fail = () => {
    throw new Error("no");
  };
  const long = ["x".repeat(1_366)];
  const json = { maxBytes: 100 };
  const cases: [unknown, Partial<CacheOptions<unknown>>, WrapOptions<unknown>][] = [
    [{ id: 1n }, json, {}],
    [circular, json, {}],
    ["a", { sizeOf: fail }, {}],
    ["a", { sizeOf: () => NaN }, {}],
    ["a", { sizeOf: () => "?" as unknown as number }, {}],
    ["a", { sizeOf: () => Promise.reject(new Error("no")) as unknown as number }, {}],
    ["a", {}, { tags: fail }],
    ["a", {}, { tags: () => long }],
    ["a", {}, { tags: () => undefined as unknown as string[] }],
    ["a", {}, { tags: () => Promise.reject(new Error("no")) as unknown as string[] }],
  ];
  for (const [value, own, wrapping] of cases) {
    const host = new LocalHost();
    const failed: unknown[] = [];
    host.bus.attach("muster.cache.eviction", (_, { count }, { cause }) => {
      failed.push([cause, count]);
    });
    const options = { name: "users", maxEntries: 10, ttlMs: 1_000, staleTtlMs: 1_000, ...own };
    const cache = new Cache<unknown>(options, host);
    for (let i = 0; i < 2; i++) assertEquals(await cache.wrap("a", () => value, wrapping), value);
    cache.tell();
    assertEquals([cache.size, ...failed], [0, ["failed", 2]]);
    if (own.sizeOf !== undefined || wrapping.tags !== undefined) continue;
    cache.set("a", "old");
    host.clock.jump(1_000);
    assertEquals(await cache.wrap("a", () => value, wrapping), "old");
    await settle();
    assertEquals(cache.size, 0, "what was stale is known to be so");
    cache.set("a", "old");
    cache.set("a", value);
    assertEquals([cache.get("a"), cache.size], [undefined, 0]);
  }
  const { cache } = createCache({ maxBytes: 100, sizeOf: () => Infinity });
  cache.set("a", "1");
  assertEquals(cache.size, 0);
  let loads = 0;
  const load = () => `${++loads}`;
  await assertRejects(() => cache.wrap("a", load, { tags: long }), TypeError, "Cannot use a tag");
  assertEquals(loads, 0, "a tag that is wrong whatever is loaded is the caller's mistake");
});

Deno.test("Cache tells the bus what happened since it last did, and how large it is", async () => {
  const { cache, host } = createCache({
    maxEntries: 2,
    ttlMs: 1_000,
    absentTtlMs: 1_000,
    events: "rsolv.validation",
    sizeOf: () => 7,
  });
  const events: string[] = [];
  host.bus.attach("*", (name, measurements, metadata) => {
    events.push(`${name} ${JSON.stringify(measurements)} ${JSON.stringify(metadata)}`);
  });
  cache.tell();
  assertEquals(events.splice(0), [
    'muster.cache.size {"entries":0,"bytes":0} {"cache":"users"}',
    'rsolv.validation.cache_state {"entries":0,"bytes":0} {"cache":"users"}',
  ]);
  cache.get("a");
  await cache.wrap("a", () => "1");
  cache.get("a");
  cache.get("a");
  cache.setAbsent("b");
  cache.get("b");
  cache.set("c", "3");
  await cache.invalidate("c");
  host.clock.jump(1_000);
  cache.get("b");
  cache.tell();
  assertEquals(events.splice(0), [
    'muster.cache.load {"duration_ms":0} {"cache":"users","outcome":"found"}',
    'muster.cache.hit {"count":2} {"cache":"users","cause":"fresh"}',
    'muster.cache.hit {"count":1} {"cache":"users","cause":"absent"}',
    'muster.cache.miss {"count":2} {"cache":"users","cause":"missing"}',
    'muster.cache.miss {"count":1} {"cache":"users","cause":"expired"}',
    'muster.cache.eviction {"count":1} {"cache":"users","cause":"full"}',
    'muster.cache.invalidation {"count":1} {"cache":"users","cause":"key"}',
    'muster.cache.dropped {"count":1} {"cache":"users","cause":"key"}',
    'rsolv.validation.cache_hit {"count":3} {"cache":"users"}',
    'rsolv.validation.cache_miss {"count":3} {"cache":"users"}',
    'rsolv.validation.cache_invalidated {"count":1} {"cache":"users","reason":"key"}',
    'muster.cache.size {"entries":0,"bytes":0} {"cache":"users"}',
    'rsolv.validation.cache_state {"entries":0,"bytes":0} {"cache":"users"}',
  ]);
  const { hits, misses, hitRatio } = cache.status();
  assertEquals([hits, misses, hitRatio], [3, 3, 0.5]);
});

Deno.test("Cache.rebalance takes turns, and drops what is lost of entries that are still there", async () => {
  const { cache, host } = createCache({ maxEntries: 10_000 });
  for (let i = 0; i < 3_500; i++) cache.set(`${i}`, "1");
  cache.rebalance((key) => Number(key) % 2 === 0);
  assertEquals(cache.size, 3_000, "the first turn is over");
  cache.delete("3000");
  await host.clock.advance(0);
  assertEquals(cache.size, 1_750);
  assertEquals([cache.get("3"), cache.get("4")], ["1", undefined]);
  assertEquals(host.clock.pending, 0);
  for (let i = 0; i < 3_500; i++) cache.set(`${i}`, "1");
  cache.rebalance(() => true);
  assertEquals(host.clock.pending, 1);
  cache[Symbol.dispose]();
  assertEquals(host.clock.pending, 0);
});

Deno.test("Cache.rebalance finds what is lost among entries that are read, dropped and set between its turns", async () => {
  const { cache, host } = createCache({ maxEntries: 10_000 });
  for (let i = 0; i < 5_000; i++) cache.set(`${i}`, "1");
  cache.rebalance((key) => key.endsWith("7"));
  // What was not looked at yet becomes the most recently used, or makes room for others.
  for (let i = 2_000; i < 5_000; i += 3) cache.get(`${i}`);
  for (let i = 1_000; i < 1_500; i++) cache.delete(`${i}`);
  for (let i = 0; i < 400; i++) cache.set(`new ${i}`, "1");
  await host.clock.advance(0);
  const left = Array.from({ length: 5_000 }, (_, i) => `${i}`).filter((key) => cache.get(key));
  assertEquals(left.filter((key) => key.endsWith("7")), []);
  assertEquals(left.length, 4_500 - 450);
  assertEquals(host.clock.pending, 0);
});

Deno.test("Cache refuses options, keys and tags that it could not keep to, in sentences", async () => {
  const wrong: [Partial<CacheOptions<string>>, string][] = [
    [{ name: "No" }, 'Cannot create the cache "No": name must be up to 128 lower-case letters'],
    [{ name: undefined as unknown as string }, "Cannot create a cache: name must be"],
    [{ maxEntries: 0 }, "maxEntries must be a whole number from 1 to 8388608: received 0"],
    [{ maxEntries: 1e12 }, "from 1 to 8388608: received 1000000000000"],
    [{ maxEntries: 2 ** 23 + 1 }, "from 1 to 8388608: received 8388609"],
    [{ maxBytes: 1.5 }, "maxBytes must be a whole number of at least 1: received 1.5"],
    [{ ttlMs: 0 }, "ttlMs must be a number above 0, or left out: received 0"],
    [{ staleMsMax: NaN }, "staleMsMax must be a number above 0, or left out: received NaN"],
    [{ loadTimeoutMs: 0 }, "loadTimeoutMs must be a number above 0, or left out: received 0"],
    [{ absentTtlMs: -1 }, "absentTtlMs must be a number of at least 0, or left out: received -1"],
    [
      { onTopology: "drop" as "clear" },
      'must be clear, rebalance, keep or a function: received "drop"',
    ],
  ];
  for (const [options, sentence] of wrong) {
    assertThrows(() => createCache(options), TypeError, sentence);
  }
  const { cache } = createCache();
  const long = "x".repeat(1_366);
  assertThrows(() => cache.set(long, "1"), TypeError, "at most 1365 characters long");
  assertThrows(() => cache.set("a", "1", { tags: [long] }), TypeError, "Cannot use a tag");
  const letters = "team" as unknown as string[];
  assertThrows(
    () => cache.set("a", "1", { tags: letters }),
    TypeError,
    'must be a list: received "team"',
  );
  assertThrows(() => cache.set("\ud800", "1"), TypeError, "it must be well-formed Unicode");
  assertThrows(() => void cache.invalidate(long), TypeError, "Cannot use a key");
  await assertRejects(() => cache.wrap(long, () => "1"), TypeError, "Cannot use a key");
  cache.set("x".repeat(1_365), "1");
});

Deno.test("Cache refuses a load that is no function and options that are no object in sentences", async () => {
  const { cache } = createCache();
  const loads: [unknown, string][] = [
    [undefined, "nothing"],
    [null, "null"],
    ["1", '"1"'],
    [Promise.resolve("1"), "a promise"],
    [Promise.reject(new Error("unheard")), "a promise"],
  ];
  for (const [load, received] of loads) {
    await assertRejects(
      () => cache.wrap("a", load as () => string),
      TypeError,
      'Cannot load "a" for the cache "users": load must be a function that gives the value: ' +
        `received ${received}`,
    );
  }
  for (const value of [null, 60_000, "60000"]) {
    const options = value as WrapOptions<string>;
    const sentence = 'Cannot keep a value in the cache "users": its options must be an object, ' +
      `such as { ttlMs: 60000 }, or left out: received ${JSON.stringify(value)}`;
    assertThrows(() => cache.set("a", "1", options as SetOptions), TypeError, sentence);
    assertThrows(() => cache.setAbsent("a", options as SetOptions), TypeError, sentence);
    await assertRejects(() => cache.wrap("a", () => "1", options), TypeError, sentence);
  }
  assertEquals([cache.size, cache.status().loading], [0, 0]);
});

Deno.test("Cache refuses keys and tags that are no strings in sentences, whatever they are", async () => {
  const { cache } = createCache();
  const circular: unknown[] = [];
  circular.push(circular);
  const given = [5, 5n, null, undefined, ["a"], {}, Symbol("a"), () => "a", circular];
  for (const value of given) {
    const key = value as string;
    const wrongKey = 'Cannot use a key with the cache "users": it must be a string: received ';
    const wrongTag = 'Cannot use a tag with the cache "users": it must be a string: received ';
    assertThrows(() => cache.set(key, "1"), TypeError, wrongKey);
    assertThrows(() => cache.setAbsent(key), TypeError, wrongKey);
    assertThrows(() => void cache.invalidate(key), TypeError, wrongKey);
    assertThrows(() => cache.ownerOf(key), TypeError, wrongKey);
    await assertRejects(() => cache.wrap(key, () => "1"), TypeError, wrongKey);
    assertThrows(() => void cache.invalidateTag(key), TypeError, wrongTag);
    assertThrows(() => cache.set("a", "1", { tags: [key] }), TypeError, wrongTag);
    await assertRejects(() => cache.wrap("a", () => "1", { tags: [key] }), TypeError, wrongTag);
    assertEquals([cache.get(key), cache.lookup(key), cache.delete(key)], [
      undefined,
      { kind: "missing" },
      false,
    ]);
    if (value === undefined || Array.isArray(value)) continue;
    const tags = value as string[];
    assertThrows(() => cache.set("a", "1", { tags }), TypeError, "they must be a list: received ");
  }
  assertThrows(() => cache.set(5 as unknown as string, "1"), TypeError, "received 5");
  assertEquals(cache.size, 0);
});

Deno.test("Cache refuses to be made of no options, or under a name that is none, in sentences", () => {
  const create = (options?: unknown) => () =>
    new Cache(options as CacheOptions<string>, new LocalHost());
  const needs =
    "Cannot create a cache: its options must be an object with at least name and maxEntries";
  for (const options of [undefined, null, 5, "users"]) {
    assertThrows(create(options), TypeError, needs);
  }
  for (const name of [undefined, null, 5n, Symbol("a"), {}, ["users"]]) {
    assertThrows(
      create({ name, maxEntries: 1 }),
      TypeError,
      "Cannot create a cache: name must be up to",
    );
  }
  for (const value of [undefined, null, 5n, Symbol("a"), "100"]) {
    const rule = "maxEntries must be a whole number from 1 to 8388608: received ";
    assertThrows(create({ name: "users", maxEntries: value }), TypeError, rule);
    if (value === undefined) continue;
    const options = { name: "users", maxEntries: 1, maxBytes: value };
    assertThrows(create(options), TypeError, "maxBytes must be a whole number of at least 1");
  }
});

Deno.test("Cache refuses options of another type, which would compare or compute as numbers do", async () => {
  const given = ["60000", true, [5], 5n, null, NaN, {}];
  const times = ["ttlMs", "staleTtlMs", "absentTtlMs", "staleMsMax", "loadTimeoutMs"];
  const wrong: [string, unknown][] = [
    ...times.flatMap((field) => given.map((value): [string, unknown] => [field, value])),
    ...[5, null, "bytes"].map((value): [string, unknown] => ["sizeOf", value]),
    ...[5, null, true, ["keep"]].map((value): [string, unknown] => ["onTopology", value]),
    ...[5, null, "", "nope", "rsolv.", "Rsolv.validation"].map((value): [string, unknown] => [
      "events",
      value,
    ]),
  ];
  for (const [field, value] of wrong) {
    assertThrows(
      () => createCache({ [field]: value }),
      TypeError,
      `Cannot create the cache "users": ${field} must be `,
    );
  }
  for (const field of times) createCache({ [field]: Infinity });
  createCache({ staleTtlMs: 0, absentTtlMs: 0, events: "rsolv.validation.ast" });

  const { cache } = createCache();
  for (const value of [...given, -5]) {
    const ttlMs = value as number;
    const sentence =
      'Cannot keep a value in the cache "users": ttlMs must be a number of at least 0, or left out: ';
    assertThrows(() => cache.set("a", "1", { ttlMs }), TypeError, sentence);
    await assertRejects(() => cache.wrap("a", () => "1", { ttlMs }), TypeError, sentence);
  }
  assertEquals(cache.size, 0);
  cache.set("a", "1", { ttlMs: 0 });
  assertEquals(cache.get("a"), undefined);
});

Deno.test("Cache drops all and leaves its node when it is disposed of", () => {
  const { cache, host } = createCache();
  const told: unknown[] = [];
  host.bus.attach("muster.cache.hit", (_, { count }) => told.push(count));
  host.bus.attach("muster.cache.size", (_, { entries }) => told.push(entries));
  {
    using own = cache;
    own.set("a", "1");
    own.get("a");
  }
  assertEquals(told, [1, 0], "nobody asks it any more");
  cache[Symbol.dispose]();
  assertEquals(host.removed, ["users"], "once is enough");
  cache.set("b", "2");
  assertEquals(cache.size, 0, "it would never hear that b is no more");
  assert(cache.ownerOf("a") === "web-0");
});

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Cache } from "../../src/cache/cache.ts";
import type { Lookup } from "../../src/cache/value_options.ts";
import { settle } from "../fake_clock.ts";
import { LocalHost } from "./local_host.ts";

const KEYS = ["a", "b", "c"] as const;
const TAGS = ["x", "y"] as const;
const TTL_MS = 100;
const STALE_MS = 50;
const ABSENT_MS = 30;
const BOUND_MS = 70;

const key = fc.constantFrom(...KEYS);
const tags = fc.subarray([...TAGS]);
type Step =
  | { readonly kind: "set" | "wrap"; readonly key: string; readonly tags: readonly string[] }
  | { readonly kind: "absent" | "none" | "delete" | "get" | "invalidate"; readonly key: string }
  | { readonly kind: "answer"; readonly which: number; readonly isFound: boolean }
  | { readonly kind: "tag"; readonly tag: string }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "vouch"; readonly agoMs: number }
  | { readonly kind: "clear" };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("set" as const, "wrap" as const), key, tags }),
  fc.record({ kind: fc.constant("wrap" as const), key, tags }),
  fc.record({
    kind: fc.constantFrom("absent" as const, "none" as const, "delete" as const, "get" as const),
    key,
  }),
  fc.record({ kind: fc.constantFrom("get" as const, "invalidate" as const), key }),
  fc.record({ kind: fc.constant("answer" as const), which: fc.nat(9), isFound: fc.boolean() }),
  fc.record({ kind: fc.constant("tag" as const), tag: fc.constantFrom(...TAGS) }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(6).map((tens) => 10 * tens) }),
  fc.record({ kind: fc.constant("vouch" as const), agoMs: fc.nat(10).map((tens) => 10 * tens) }),
  fc.record({ kind: fc.constant("clear" as const) }),
);

/** What the model knows of a key: the plainest thing that could be right. */
interface ModelEntry {
  readonly value: number | undefined;
  readonly sinceMs: number;
  readonly expiresAtMs: number;
  readonly tags: readonly string[];
}

interface ModelLoad {
  readonly key: string;
  /** Those of all who wait for it. */
  tags: readonly string[];
  /** Tags that were invalidated before it began. */
  readonly tagsDropped: number;
  readonly sinceMs: number;
  readonly answer: (value: number | undefined) => void;
  /** What those who wait were given. */
  readonly waiting: Promise<number | undefined>[];
  isKept: boolean;
  isJoinable: boolean;
}

for (const staleMsMax of [Infinity, BOUND_MS]) {
  const mode = staleMsMax === Infinity ? "without a bound" : "with a bound";
  Deno.test(`Cache ${mode} answers as the plainest model does, whatever is asked of it`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
        const host = new LocalHost();
        const cache = new Cache<number>({
          name: "model",
          maxEntries: 100,
          ttlMs: TTL_MS,
          staleTtlMs: STALE_MS,
          absentTtlMs: ABSENT_MS,
          ...(staleMsMax === Infinity ? {} : { staleMsMax }),
        }, host);
        const entries = new Map<string, ModelEntry>();
        const loads: ModelLoad[] = [];
        let next = 1;
        let tagsDropped = 0;
        const now = () => host.clock.nowMs();
        const isVouched = (sinceMs: number) =>
          now() - staleMsMax <= Math.max(host.vouch.vouchedAtMs, sinceMs);
        const keep = (
          key: string,
          value: number | undefined,
          sinceMs: number,
          tags: readonly string[],
        ) =>
          entries.set(key, {
            value,
            sinceMs,
            expiresAtMs: sinceMs + (value === undefined ? ABSENT_MS : TTL_MS),
            tags,
          });
        const outdate = (isHit: (load: ModelLoad) => boolean) => {
          for (const load of loads) if (isHit(load)) load.isKept = load.isJoinable = false;
        };
        const fresh = (key: string) => {
          const entry = entries.get(key);
          return entry !== undefined && now() < entry.expiresAtMs && isVouched(entry.sinceMs)
            ? entry
            : undefined;
        };
        const begin = (key: string, tags: readonly string[]) => {
          const joinable = loads.find((load) => load.key === key && load.isJoinable);
          const all = [...new Set([...joinable?.tags ?? [], ...tags])];
          const isNew = joinable === undefined || !isVouched(joinable.sinceMs) ||
            (joinable.tagsDropped < tagsDropped && all.length > joinable.tags.length);
          if (!isNew) joinable.tags = all;
          if (isNew) outdate((load) => load.key === key);
          const before = loads.length;
          const asked = cache.wrap(key, () => {
            const { promise, resolve } = Promise.withResolvers<number | undefined>();
            loads.push({
              waiting: [],
              key,
              tags: all,
              tagsDropped,
              sinceMs: now(),
              answer: resolve,
              isKept: true,
              isJoinable: true,
            });
            return promise;
          }, { tags });
          assertEquals(loads.length, before + (isNew ? 1 : 0), "a loading for each that is needed");
          return asked;
        };
        for (const each of steps) {
          switch (each.kind) {
            case "set":
              outdate(({ key }) => key === each.key);
              keep(each.key, next, now(), each.tags);
              cache.set(each.key, next++, { tags: each.tags });
              break;
            case "absent":
            case "none":
              outdate(({ key }) => key === each.key);
              keep(each.key, undefined, now(), []);
              if (each.kind === "absent") cache.setAbsent(each.key);
              else cache.set(each.key, undefined as unknown as number);
              break;
            case "delete":
            case "invalidate":
              outdate(({ key }) => key === each.key);
              entries.delete(each.key);
              if (each.kind === "delete") cache.delete(each.key);
              else void cache.invalidate(each.key);
              break;
            case "tag":
              tagsDropped++;
              outdate(({ tags }) => tags.includes(each.tag));
              for (const [key, { tags }] of entries) {
                if (tags.includes(each.tag)) entries.delete(key);
              }
              void cache.invalidateTag(each.tag);
              break;
            case "clear":
              outdate(() => true);
              entries.clear();
              void cache.clear();
              break;
            case "get":
              assertEquals(cache.get(each.key), fresh(each.key)?.value);
              break;
            case "wrap": {
              const entry = entries.get(each.key);
              if (fresh(each.key) !== undefined) {
                const asked = cache.wrap(each.key, () => 0);
                assertEquals(await asked, entry!.value);
              } else if (
                entry?.value !== undefined && isVouched(entry.sinceMs) &&
                now() < entry.expiresAtMs + STALE_MS
              ) assertEquals(await begin(each.key, each.tags), entry.value);
              else {
                const asked = begin(each.key, each.tags);
                loads.find(({ key, isJoinable }) => key === each.key && isJoinable)!.waiting.push(
                  asked,
                );
              }
              break;
            }
            case "answer": {
              const load = loads.splice(each.which % Math.max(1, loads.length), 1)[0];
              if (load === undefined) break;
              const value = each.isFound ? next++ : undefined;
              load.answer(value);
              await settle();
              if (load.isKept) keep(load.key, value, load.sinceMs, load.tags);
              for (const asked of load.waiting) assertEquals(await asked, value);
              break;
            }
            case "wait":
              host.clock.jump(each.ms);
              break;
            case "vouch":
              host.vouch.vouchedAtMs = now() - each.agoMs;
          }
          for (const key of KEYS) {
            const held = fresh(key);
            const found: Lookup<number> = held === undefined
              ? { kind: "missing" }
              : held.value === undefined
              ? { kind: "absent" }
              : { kind: "found", value: held.value };
            assertEquals(cache.lookup(key), found);
          }
        }
        for (const load of loads) load.answer(undefined);
        await settle();
      }),
      { numRuns: 400 },
    );
  });
}

Deno.test("Cache never holds more than its limits, and its tags are those of what it holds", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.nat(20).map(String), fc.nat(40), tags), { maxLength: 80 }),
    (sets) => {
      const host = new LocalHost();
      const options = { name: "limits", maxEntries: 5, maxBytes: 100, sizeOf: (n: number) => n };
      const cache = new Cache<number>(options, host);
      for (const [key, value, carried] of sets) {
        cache.set(key, value, { tags: carried });
        const { entries, bytes } = cache.status();
        assertEquals([entries <= 5, bytes! <= 100], [true, true]);
      }
      const held = new Map(sets.map(([key, value, carried]) => [key, { value, carried }]));
      for (const [key, { value }] of held) {
        const found = cache.get(key);
        if (found !== undefined) assertEquals(found, value);
      }
      const carried = [...held].filter(([key]) => cache.get(key) !== undefined)
        .flatMap(([, { carried }]) => carried);
      assertEquals(cache.status().tags, new Set(carried).size);
      void cache.invalidateTag("x");
      void cache.invalidateTag("y");
      assertEquals(cache.status().tags, 0);
    },
  ));
});

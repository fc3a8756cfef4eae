import { Cache } from "../../src/cache/cache.ts";
import { Loads } from "../../src/cache/loads.ts";
import { InvalidationLogs } from "../../src/cluster/invalidation_logs.ts";
import { Roster } from "../../src/cluster/roster.ts";

/** A fault that is put into the code under test; gives what takes it out again. */
type Plant = () => () => void;

/** Puts another method in the place of a class's own, which the other one is handed. */
function replace<T extends object, K extends keyof T>(
  prototype: T,
  name: K,
  make: (own: T[K]) => T[K],
): () => void {
  const own = prototype[name];
  prototype[name] = make(own);
  return () => prototype[name] = own;
}

/** What a node may do wrong with its caches, by what it does. */
export const PLANTED_CACHE_FAULTS: Readonly<Record<string, Plant>> = {
  "what can be vouched for is not looked at": () => {
    const { prototype } = InvalidationLogs;
    const own = Object.getOwnPropertyDescriptor(prototype, "vouchedAtMs")!;
    Object.defineProperty(prototype, "vouchedAtMs", { ...own, get: () => Infinity });
    return () => Object.defineProperty(prototype, "vouchedAtMs", own);
  },

  "an answer counts from when it came": () =>
    replace(
      InvalidationLogs.prototype,
      "absorb",
      (own) =>
        function (this: InvalidationLogs, message, askedAtMs) {
          // The slowest answers are that old.
          return own.call(this, message, askedAtMs === null ? null : askedAtMs + 2_000);
        },
    ),

  "the age of a log is not handed on": () =>
    replace(
      InvalidationLogs.prototype,
      "answer",
      (own) =>
        function (this: InvalidationLogs, request) {
          const news = own.call(this, request);
          return news && { ...news, rows: news.rows.map((row) => ({ ...row, ageMs: 0 })) };
        },
    ),

  "whoever is down counts as dead": () =>
    replace(Roster.prototype, "member", (own) =>
      function (this: Roster, incarnation) {
        const member = own.call(this, incarnation);
        return member?.status === "down" ? { ...member, refusedSinceMs: 0 } : member;
      }),

  "what an invalidation overtook is kept": () =>
    replace(Loads.prototype, "outdate", () => function () {}),

  "an invalidation of a tag is not heard": () =>
    replace(Cache.prototype, "drop", (own) =>
      function (this: Cache<unknown>, cause, name) {
        if (cause !== "tag") own.call(this, cause, name);
      }),

  "an invalidation that arrives is not obeyed": () =>
    replace(
      InvalidationLogs.prototype,
      "absorb",
      (own) =>
        function (this: InvalidationLogs, message, askedAtMs) {
          const { listener } = this;
          this.listener = null;
          own.call(this, message, askedAtMs);
          this.listener = listener;
        },
    ),
};

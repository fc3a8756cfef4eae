import { ClusterNode } from "../../src/cluster/cluster_node.ts";
import { DeltaMaker } from "../../src/cluster/delta.ts";
import { Absorber } from "../../src/cluster/absorber.ts";
import { Exchange } from "../../src/cluster/exchange.ts";
import { Ledger } from "../../src/cluster/ledger.ts";
import { Replica } from "../../src/cluster/replica.ts";
import { SharedRun } from "../../src/cluster/shared_run.ts";
import { Accumulator } from "../../src/metrics/merge/accumulator.ts";
import { Merger } from "../../src/metrics/merge/merger.ts";

/** A fault that is put into the code under test; gives what takes it out again. */
export type Plant = () => () => void;

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

/** What a node may do wrong, by what it does. */
export const PLANTED_FAULTS: Readonly<Record<string, Plant>> = {
  "the shards of the departed are not kept": () =>
    replace(Ledger.prototype, "add", () => function () {}),

  "answers name no copies but their sender's own": () =>
    replace(Exchange.prototype, "answer", (own) =>
      function (this: Exchange, request, nowMs) {
        const answer = own.call(this, request, nowMs);
        const { incarnation } = answer.hello;
        const rows = answer.digest!.rows.filter((row) => row.incarnation === incarnation);
        const departedHash = request.digest?.departedHash ?? answer.digest!.departedHash;
        return { ...answer, digest: { ...answer.digest!, rows, departedHash }, departed: null };
      }),

  "a copy takes what is older than it": () =>
    replace(Replica.prototype, "check", (own) =>
      function (this: Replica, delta) {
        const verdict = own.call(this, delta);
        if (verdict.kind !== "stale" || delta.additions.length > 0) return verdict;
        return { kind: "fits", changes: { added: new Uint8Array(0), toState: [] } };
      } as Replica["check"]),

  "a delta misses the round after its base": () =>
    replace(
      DeltaMaker.prototype,
      "make",
      (own) =>
        function (this: DeltaMaker, source, base, bytesMax) {
          const { sinceSeq } = base;
          const sized = own.call(
            this,
            source,
            { ...base, sinceSeq: sinceSeq && sinceSeq + 1 },
            bytesMax,
          );
          return { ...sized, delta: { ...sized.delta, sinceSeq } };
        },
    ),

  "a goodbye waits for nobody": () => {
    const removeHeld = replace(Absorber.prototype, "ownHeldBy", () => () => ({
      sinceSeq: Infinity,
      revision: 0,
      resume: null,
    }));
    const removeRequest = replace(
      Exchange.prototype,
      "request",
      (own) =>
        function (this: Exchange, want, push, nowMs) {
          return own.call(this, want, this.isLeaving ? null : push, nowMs);
        },
    );
    return () => {
      removeHeld();
      removeRequest();
    };
  },

  "the gauges of the dead are shown": () =>
    replace(Merger.prototype, "mergeInSteps", (own) =>
      function (this: Merger, contributions) {
        return own.call(
          this,
          contributions.map((each) => ({ ...each, gaugesShown: each.life === "live" })),
        );
      }),

  "the age of a copy is not handed on": () =>
    replace(Replica.prototype, "apply", (own) =>
      function (this: Replica, delta, changes, nowMs) {
        return own.call(this, { ...delta, ageMs: 0 }, changes, nowMs);
      }),

  "floats are added plainly": () =>
    replace(Accumulator.prototype, "round", (own) =>
      function (this: Accumulator) {
        for (const page of this.lowPages) page.fill(0);
        return own.call(this);
      }),

  "a scrape shares a gathering that began before it came": () => {
    const current = new WeakMap<object, Promise<unknown>>();
    return replace(
      SharedRun.prototype,
      "join",
      (own) =>
        function (this: SharedRun<unknown>, deadlineMs) {
          const shared = current.get(this);
          if (shared !== undefined) return shared;
          const run = own.call(this, deadlineMs).finally(() => current.delete(this));
          current.set(this, run);
          return run;
        },
    );
  },

  "a newcomer begins from who is new too": () =>
    replace(ClusterNode.prototype, "noteWhole", () =>
      function (this: ClusterNode) {
        this.exchange.setComplete();
      }),

  "the shards of peers are not pulled": () =>
    replace(Exchange.prototype, "answer", (own) =>
      function (this: Exchange, request, nowMs) {
        const wants = request.want?.kind === "newer" ? { kind: "digest" as const } : request.want;
        return own.call(this, { ...request, want: wants }, nowMs);
      }),
};

import fc from "fast-check";
import { GAUGE_MERGES } from "../../../src/metrics/family.ts";
import type { Contribution } from "../../../src/metrics/merge/contribution.ts";
import { Registry } from "../../../src/metrics/registry.ts";
import { contribution } from "./exposed.ts";

/** A process that does what a list of numbers says; a few versions of the program, which differ. */
export class RandomNode {
  readonly number: number;
  readonly registry: Registry;
  readonly #acts: ((label: string, n: number) => void)[] = [];
  life: Contribution["life"] = "live";
  gaugesShown = true;

  constructor(number: number, version: number, registry: Registry = freshRegistry()) {
    this.number = number;
    this.registry = registry;
    const buckets = [[1, 5], [1, 2, 5], [2, 4, 6]][version % 3]!;
    const labels = [["plan", "shop"], ["shop", "plan"], ["plan"]][version % 3]! as (
      | "shop"
      | "plan"
    )[];
    // To a scraper, an empty shop is none.
    const orderOf = (plan: string) =>
      (labels.includes("shop") ? { plan, shop: number % 2 === 0 ? "" : "s" } : { plan }) as {
        plan: string;
        shop: string;
      };
    const orders = registry.counter({ name: "orders_total", help: "Orders.", labels });
    const sizes = registry.histogram({ name: "size", help: "Size.", labels: ["plan"], buckets });
    const loads = registry.nativeHistogram({
      name: "load",
      help: "L.",
      labels: ["plan"],
      schema: [3, 5, 0][version % 3]!,
      binsMax: 8,
    });
    const waits = registry.summary({ name: "wait", help: "W.", labels: ["plan"] });
    const facts = registry.info({ name: "facts_info", help: "F.", labels: ["plan"] });
    const states = registry.stateSet({ name: "state", help: "S.", states: ["p0", "p1"] });
    this.#acts.push(
      (plan, n) => orders.inc(orderOf(plan), n / 10),
      (plan, n) => sizes.observe({ plan }, n),
      (plan, n) => loads.observe({ plan }, n * n),
      (plan, n) => waits.observe({ plan }, n),
      (plan) => facts.set({ plan }),
      (_, n) => states.set(n % 2 === 0 ? "p0" : "p1", n > 20),
      (plan) => orders.remove(orderOf(plan)),
      (plan) => loads.remove({ plan }),
      (plan) => waits.remove({ plan }),
    );
    for (const merge of GAUGE_MERGES) {
      const gauge = registry.gauge({ name: merge, help: "G.", labels: ["plan"], merge });
      this.#acts.push((plan, n) => gauge.set({ plan }, n), (plan) => gauge.remove({ plan }));
    }
  }

  act(what: number, label: number, n: number): void {
    this.#acts[what % this.#acts.length]!(label === 0 ? "" : `p${label}`, n);
  }

  get contribution(): Contribution {
    return contribution(`n${this.number % 5}`, this.registry, {
      incarnation: `i${this.number}`,
      startedAtMs: this.number,
      life: this.life,
      gaugesShown: this.gaugesShown,
    });
  }
}

/** One thing that happens to a cluster of random nodes: what, to which node, and two numbers for it. */
export const command: fc.Arbitrary<[string, number, number, number]> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant("act"), fc.nat(9), fc.nat(40), fc.nat(40)) },
  { weight: 3, arbitrary: fc.tuple(fc.constant("join"), fc.nat(2), fc.nat(0), fc.nat(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("depart"), fc.nat(9), fc.nat(0), fc.nat(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("quiet"), fc.nat(9), fc.nat(0), fc.nat(0)) },
);

/** A registry in which no two gauges are set at the same time. */
function freshRegistry(): Registry {
  let nowMs = 0;
  return new Registry({ wallMs: () => ++nowMs });
}

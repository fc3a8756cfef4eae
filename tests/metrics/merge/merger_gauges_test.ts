import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { GaugeMerge } from "../../../src/metrics/family.ts";
import type { Contribution } from "../../../src/metrics/merge/contribution.ts";
import { Merger } from "../../../src/metrics/merge/merger.ts";
import { Registry } from "../../../src/metrics/registry.ts";
import { contribution, exposed, sample } from "./exposed.ts";

function gauging(
  merge: GaugeMerge,
  node: string,
  value: number | null,
  rest: Partial<Contribution> & { readonly setAtMs?: number } = {},
): Contribution {
  const registry = new Registry({ wallMs: () => rest.setAtMs ?? 1000 });
  const gauge = registry.gauge({ name: "level", help: "Level.", merge });
  if (value !== null) gauge.set(value);
  return contribution(node, registry, rest);
}

function level(...contributions: readonly Contribution[]): number | undefined {
  return exposed(new Merger().merge(contributions)).get(sample("level"));
}

function levelOf(node: string, ...contributions: readonly Contribution[]): number | undefined {
  return exposed(new Merger().merge(contributions)).get(sample("level", { node }));
}

const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), {
  minLength: 1,
  maxLength: 8,
});

Deno.test("Merger shows a per_node gauge of each node under its name", () => {
  const nodes = [gauging("per_node", "a", 3), gauging("per_node", "b", -4)];
  assertEquals(
    [...exposed(new Merger().merge(nodes))],
    [[sample("level", { node: "a" }), 3], [sample("level", { node: "b" }), -4]],
  );
});

Deno.test("Merger takes the least and the greatest of gauges merged as min and max", () => {
  fc.assert(fc.property(values, (levels) => {
    const nodes = (merge: GaugeMerge) => levels.map((value, i) => gauging(merge, `n${i}`, value));
    // The merge has no -0: a gauge at -0 may be shown as 0.
    assertEquals(level(...nodes("min"))! + 0, Math.min(...levels) + 0);
    assertEquals(level(...nodes("max"))! + 0, Math.max(...levels) + 0);
  }));
});

Deno.test("Merger sums gauges exactly, and divides that by the number of nodes for avg", () => {
  const levels = [100, 0.1, 0.2, -100];
  const nodes = (merge: GaugeMerge) => levels.map((value, i) => gauging(merge, `n${i}`, value));
  assertEquals(level(...nodes("sum")), 0.30000000000000004);
  assertEquals(level(...nodes("sum").toReversed()), 0.30000000000000004);
  assertEquals(level(...nodes("avg")), 0.30000000000000004 / 4);
});

Deno.test("Merger shows of a latest gauge the value that was set last", () => {
  fc.assert(fc.property(
    fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 }),
    fc.boolean(),
    (times, isOneUnset) => {
      const nodes = times.map((setAtMs, i) => gauging("latest", `n${i}`, -setAtMs, { setAtMs }));
      if (isOneUnset) nodes.push(gauging("latest", "unset", null));
      assertEquals(level(...nodes), -Math.max(...times));
    },
  ));
});

Deno.test("Merger shows the greater of two latest gauges that were set at the same time", () => {
  const [a, b] = [gauging("latest", "a", 1), gauging("latest", "b", 2)];
  assertEquals([level(a, b), level(gauging("latest", "z", 2), b, a)], [2, 2]);
});

for (const merge of ["per_node", "sum", "min", "max", "avg", "latest"] as const) {
  const node = merge === "per_node" ? { node: "a" } : {};
  const key = sample("level", node as Record<string, string>);

  Deno.test(`Merger leaves a ${merge} gauge out whose owner does not answer, and shows it once it does`, () => {
    const merger = new Merger();
    const a = gauging(merge, "a", 7);
    const rest = [gauging(merge, "b", 9, { life: "departed" })];
    const shown = (it: Contribution) => exposed(merger.merge([it, ...rest])).get(key);
    assertEquals(
      [shown(a), shown({ ...a, gaugesShown: false }), shown(a), shown({ ...a, life: "departed" })],
      [7, undefined, 7, undefined],
    );
  });
}

Deno.test("Merger takes gauges only of live nodes that answered into a pooled value", () => {
  const nodes = (merge: GaugeMerge) => [
    gauging(merge, "a", 4),
    gauging(merge, "b", 6),
    gauging(merge, "c", 100, { gaugesShown: false }),
    gauging(merge, "d", -100, { life: "departed" }),
  ];
  const modes = ["sum", "min", "max", "avg"] as const;
  assertEquals(modes.map((merge) => level(...nodes(merge))), [10, 4, 6, 5]);
});

Deno.test("Merger shows the newest one's per_node gauges where two live incarnations bear one name", () => {
  const older = gauging("per_node", "a", 1, { incarnation: "ff", startedAtMs: 10 });
  const newer = gauging("per_node", "a", 2, { incarnation: "11", startedAtMs: 20 });
  assertEquals(levelOf("a", older, newer), 2);
  assertEquals(levelOf("a", newer, older), 2);
  assertEquals(levelOf("a", older, { ...newer, life: "departed" }), 1);
  assertEquals(levelOf("a", older, { ...newer, gaugesShown: false }), undefined);
});

Deno.test("Merger keeps a gauge apart from counters beside it when it stops being shown", () => {
  const registry = new Registry();
  registry.counter({ name: "a_total", help: "A." }).inc(1);
  registry.gauge({ name: "level", help: "Level.", merge: "sum" }).set(2);
  registry.counter({ name: "b_total", help: "B." }).inc(3);
  const quiet = contribution("a", registry, { gaugesShown: false });
  assertEquals(
    [...exposed(new Merger().merge([quiet]))],
    [[sample("a_total"), 1], [sample("b_total"), 3]],
  );
});

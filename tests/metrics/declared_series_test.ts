import { assertEquals, assertThrows } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";
import { shown } from "./shown.ts";

Deno.test("A metric with declared values has every combination from the beginning, at 0", async () => {
  const registry = new Registry();
  registry.counter({
    name: "c",
    help: "",
    labels: ["method", "status"],
    values: { method: ["GET", "POST"], status: [200, 500] },
  });
  assertEquals(await shown(registry), [
    'c{method="GET",status="200"} 0',
    'c{method="GET",status="500"} 0',
    'c{method="POST",status="200"} 0',
    'c{method="POST",status="500"} 0',
  ]);
});

Deno.test("A metric takes values that were not declared too", () => {
  const counter = new Registry().counter({
    name: "c",
    help: "",
    labels: ["a"],
    values: { a: [1] },
  });
  counter.inc({ a: 2 });
  assertEquals(counter.labels({ a: 2 }).value, 1);
});

Deno.test("A metric refuses to be declared with too many combinations, before it makes any", () => {
  const registry = new Registry();
  const many = Array.from({ length: 101 }, (_, i) => i);
  assertThrows(
    () => registry.gauge({ name: "g", help: "", labels: ["a", "b"], values: { a: many, b: many } }),
    RangeError,
    'Cannot register "g": its values must have at most 1000 combinations: received 10201',
  );
  assertEquals(registry.shard.layout.seriesCount, 0);
});

Deno.test("A metric whose declared values are none is refused with what they are", () => {
  const registry = new Registry();
  const make = (a: unknown) => () =>
    registry.gauge({ name: "g", help: "", labels: ["a"], values: { a: a as string[] } });
  const rule =
    'Cannot register "g": values of the label "a" must be a list of strings, numbers and ' +
    "booleans of at most 4096 characters: received ";
  const cases: [unknown, string][] = [
    ["x", '"x"'],
    [5, "5"],
    [["x", null], "null"],
    [[{ b: 1 }], '{"b":1}'],
    [["x".repeat(4_097)], "one of 4097 characters"],
  ];
  for (const [a, told] of cases) assertThrows(make(a), TypeError, rule + told);
  assertEquals(registry.shard.layout.seriesCount, 0);
});

Deno.test("A metric refuses declared values that are not of its labels, each of them and no other", () => {
  const registry = new Registry();
  const make = (values: object) => () =>
    registry.counter({
      name: "c",
      help: "",
      labels: ["plan", "region"],
      values: values as Record<"plan" | "region", string[]>,
    });
  const rule =
    'Cannot register "c": values must be given for each of its labels, plan, region, and for no ' +
    "other: received ";
  const plan = ["pro"];
  assertThrows(make({ plan, regoin: ["eu"] }), TypeError, rule + 'those of "regoin"');
  assertThrows(make({ plan }), TypeError, rule + 'none of "region"');
  make({ plan, region: ["eu"] })();
});

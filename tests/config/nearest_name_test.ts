import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { editDistance, nearestName } from "../../src/config/nearest_name.ts";

Deno.test("editDistance counts insertions, removals and replacements", () => {
  const cases: [string, string, number][] = [
    ["", "", 0],
    ["a", "", 1],
    ["", "abc", 3],
    ["kitten", "sitting", 3],
    ["METRICS_PROT", "METRICS_PORT", 2],
  ];
  for (const [a, b, expected] of cases) assertEquals(editDistance(a, b), expected, `${a} ${b}`);
});

Deno.test("editDistance is a metric", () => {
  const text = fc.string({ maxLength: 12 });
  fc.assert(fc.property(text, text, text, (a, b, c) => {
    assertEquals(editDistance(a, b), editDistance(b, a));
    assertEquals(editDistance(a, b) === 0, a === b);
    assertEquals(editDistance(a, c) <= editDistance(a, b) + editDistance(b, c), true);
  }));
});

Deno.test("nearestName finds a misspelt name and leaves another word alone", () => {
  const known = ["METRICS_PORT", "METRICS_PATH", "CLUSTER_SECRET"];
  assertEquals(nearestName("METRICS_PORTS", known), "METRICS_PORT");
  assertEquals(nearestName("METRICSPATH", known), "METRICS_PATH");
  assertEquals(nearestName("CLUSTER_SECRT", known), "CLUSTER_SECRET");
  assertEquals(nearestName("GRAFANA_HOST", known), undefined);
  assertEquals(nearestName("X", known), undefined);
});

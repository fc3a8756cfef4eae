import { assertEquals } from "@std/assert";
import { exposedNames } from "../../src/exposition/exposed_names.ts";
import type { MetricType } from "../../src/metrics/family.ts";

function names(
  families: readonly (readonly [string, MetricType])[],
  scheme: "underscores" | "allow-utf-8",
): string[] {
  return [...exposedNames(families.map(([name, type]) => ({ name, type })), scheme).values()];
}

Deno.test("exposedNames escapes what has to be, and lets no two families meet", () => {
  assertEquals(names([["a.b", "gauge"], ["c", "gauge"]], "underscores"), ["a_b", "c"]);
  assertEquals(names([["a.b", "gauge"], ["a_b", "gauge"]], "underscores"), ["U__a_2e_b", "a_b"]);
  assertEquals(names([["a.b", "gauge"], ["a-b", "gauge"]], "underscores"), ["a_b", "U__a_2d_b"]);
  assertEquals(
    names([["a.b", "histogram"], ["a_b_count", "gauge"]], "underscores"),
    ["U__a_2e_b", "a_b_count"],
  );
});

Deno.test("exposedNames leaves every name alone where scrapers read UTF-8", () => {
  assertEquals(names([["a.b", "gauge"], ["a_b", "gauge"]], "allow-utf-8"), ["a.b", "a_b"]);
});

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { SharedStrings } from "../../src/metrics/shared_strings.ts";

Deno.test("SharedStrings gives back what it was asked for, however many strings came before", () => {
  const strings = new SharedStrings();
  for (let i = 0; i < 10_000; i++) assertEquals(strings.of(`/items/${i}`), `/items/${i}`);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => strings.of(text) === text));
});

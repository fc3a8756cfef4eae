import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { secretsEqual } from "../../src/io/secret_compare.ts";

Deno.test("secretsEqual is equality of strings, for any two strings of any length", () => {
  const text = fc.string({ unit: "grapheme" });
  fc.assert(fc.property(text, text, (a, b) => secretsEqual(a, b) === (a === b)));
  fc.assert(fc.property(text, (a) => secretsEqual(a, a)));
});

Deno.test("secretsEqual does not take a prefix for the whole", () => {
  assertEquals(secretsEqual("correct horse", "correct horse battery"), false);
  assertEquals(secretsEqual("", "x"), false);
});

import { assertEquals } from "@std/assert";
import { errorText } from "../../src/io/error_text.ts";

Deno.test("errorText gives a text for whatever can be thrown", () => {
  const hostile = new Error("never read");
  Object.defineProperty(hostile, "message", {
    get: () => {
      throw new Error("no message");
    },
  });
  const cases: readonly [unknown, string][] = [
    [new TypeError("no such label"), "TypeError: no such label"],
    ["text", "text"],
    [undefined, "undefined"],
    [Symbol("s"), "Symbol(s)"],
    [Object.create(null), "a value that has no text"],
    [hostile, "a value that has no text"],
  ];
  for (const [thrown, text] of cases) assertEquals(errorText(thrown), text);
});

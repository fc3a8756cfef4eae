import { assertEquals } from "@std/assert";
import { errorName } from "../../src/telemetry/error_name.ts";

Deno.test("errorName makes one of a few words of whatever was thrown", () => {
  class OrderError extends Error {}
  class Renamed extends Error {
    override name = `tenant ${Math.random()}`;
  }
  const hostile = new Proxy(new Error(), {
    get() {
      throw new Error("no property is readable");
    },
  });
  const cases: readonly (readonly [unknown, string])[] = [
    [new TypeError("a"), "TypeError"],
    [new DOMException("late", "TimeoutError"), "TimeoutError"],
    [new DOMException("gone", "AbortError"), "AbortError"],
    [new DOMException("?", "DataCloneError"), "Error"],
    [new OrderError("b"), "Error"],
    [new Renamed(), "Error"],
    [Object.assign(new Error(), { name: "AbortError" }), "AbortError"],
    [hostile, "object"],
    ["text", "string"],
    [undefined, "undefined"],
  ];
  for (const [thrown, name] of cases) assertEquals(errorName(thrown), name);
});

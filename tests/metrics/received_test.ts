import { assertEquals } from "@std/assert";
import { received } from "../../src/metrics/received.ts";

Deno.test("received tells what JSON has no word for as it is written in code", () => {
  const circular: unknown[] = [];
  circular.push(circular);
  const told: [unknown, string][] = [
    [undefined, "nothing"],
    [null, "null"],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
    [5n, "5n"],
    [Symbol(), "Symbol()"],
    [Symbol("a\nb"), 'Symbol("a\\nb")'],
    [{ a: Symbol() }, '{"a":"Symbol()"}'],
    [[0.5, Infinity], '[0.5,"Infinity"]'],
    ["a\nb", '"a\\nb"'],
    [{ a: 1 }, '{"a":1}'],
    [() => 1, "function"],
    [circular, "object"],
  ];
  for (const [value, text] of told) assertEquals(received(value), text);
});

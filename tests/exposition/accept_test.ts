import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseAccept } from "../../src/exposition/accept.ts";

function ranges(header: string): [string, number][] {
  return parseAccept(header).map(({ value, q }) => [value, q]);
}

Deno.test("parseAccept orders by weight, and keeps the order of equals", () => {
  const cases: [string, [string, number][]][] = [
    ["", []],
    ["a/b", [["a/b", 1]]],
    ["a/b;q=0.1, c/d , e/f;q=0.5,g/h", [["c/d", 1], ["g/h", 1], ["e/f", 0.5], ["a/b", 0.1]]],
    ["A/B; Q=0.3", [["a/b", 0.3]]],
    ["a/b;q=2, c/d;q=-1, e/f;q=x, g/h;q=", [["a/b", 1], ["e/f", 1], ["g/h", 1], ["c/d", 0]]],
    [",;q=1, ,a", [["a", 1]]],
  ];
  for (const [header, expected] of cases) assertEquals(ranges(header), expected, header);
  assertEquals(parseAccept(null), []);
  assertEquals(parseAccept(undefined), []);
});

Deno.test("parseAccept reads parameters, quoted ones too, and takes the last of two", () => {
  const [range] = parseAccept('a/b; Version=1.0.0 ;x="c,;\\"d"; e=1;e=2;=3;f');
  assertEquals([...range!.parameters], [["version", "1.0.0"], ["x", 'c,;"d'], ["e", "2"]]);
});

Deno.test("parseAccept takes any header, and weighs within 0 and 1", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (header) => {
    for (const { q } of parseAccept(header)) assert(q >= 0 && q <= 1);
  }));
  assertEquals(parseAccept("a,".repeat(100_000)).length, 64);
});

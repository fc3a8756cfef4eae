import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { keyOf } from "../../src/metrics/label_values.ts";
import { SeriesIndex } from "../../src/metrics/series_index.ts";

Deno.test("keyOf turns numbers and booleans into strings and refuses the rest", () => {
  assertEquals(["a", "", 1, -0, 1e21, true, false].map(keyOf), [
    "a",
    "",
    "1",
    "0",
    "1e+21",
    "true",
    "false",
  ]);
  assertEquals(
    [undefined, null, {}, [], () => {}, Symbol("s"), 1n].map(keyOf),
    Array(7).fill(undefined),
  );
});

type Handle = { id: number };

function finder(index: SeriesIndex<Handle>) {
  return index.call<never, never, Handle | undefined>((handle) => handle, () => undefined);
}

Deno.test("SeriesIndex finds a handle by its values, also where they are written as numbers", () => {
  const index = new SeriesIndex<Handle>(["a", "b"]);
  const find = finder(index);
  const handle = { id: 1 };
  index.add(["1", "true"], handle);
  assertStrictEquals(find({ a: 1, b: true }), handle);
  assertStrictEquals(find({ b: "true", a: "1" }), handle);
  assertStrictEquals(index.get(["1", "true"]), handle);
  assertEquals(index.size, 1);
});

Deno.test("SeriesIndex finds nothing where a label is missing, unknown, or of another value", () => {
  const index = new SeriesIndex<Handle>(["a", "b"]);
  const find = finder(index);
  index.add(["1", "2"], { id: 1 });
  const wrong: Record<string, string>[] = [
    {},
    { a: "1" },
    { a: "1", b: "3" },
    { a: "1", c: "2" },
    { a: "1", b: "2", c: "3" },
    { a: "2", b: "1" },
  ];
  for (const labels of wrong) assertEquals(find(labels), undefined, JSON.stringify(labels));
  assertEquals(index.get(["1", "3"]), undefined);
});

Deno.test("SeriesIndex is injective: every list of values has its own handle", () => {
  const value = fc.oneof(
    fc.constantFrom("", ",", '"', 'a",b="', "a", "b", "\0", "|", "a|b"),
    fc.string({ unit: "binary", maxLength: 4 }),
  );
  const lists = fc.integer({ min: 1, max: 4 }).chain((length) =>
    fc.uniqueArray(fc.array(value, { minLength: length, maxLength: length }), {
      selector: (list) => JSON.stringify(list),
      minLength: 1,
    })
  );
  fc.assert(fc.property(lists, (values) => {
    const names = values[0]!.map((_, i) => `l${i}`);
    const index = new SeriesIndex<Handle>(names);
    const find = finder(index);
    const handles = values.map((_, id) => ({ id }));
    values.forEach((list, i) => index.add(list, handles[i]!));
    assertEquals(index.size, values.length);
    values.forEach((list, i) => {
      const labels = Object.fromEntries(names.map((name, at) => [name, list[at]!]));
      assertStrictEquals(find(labels), handles[i]);
      assertStrictEquals(index.get(list), handles[i]);
    });
  }));
});

Deno.test("SeriesIndex.replace keeps something else of a series, and the number of series", () => {
  const index = new SeriesIndex<Handle | number>(["a", "b"]);
  index.add(["1", "2"], 7);
  index.add(["1", "3"], 8);
  const handle = { id: 1 };
  index.replace(["1", "2"], handle);
  assertStrictEquals(index.get(["1", "2"]), handle);
  assertEquals([index.get(["1", "3"]), index.size], [8, 2]);
  assertEquals([...index.labelSets()], [["1", "2"], ["1", "3"]]);
  index.delete(["1", "2"]);
  assertEquals([index.get(["1", "2"]), index.size], [undefined, 1]);
});

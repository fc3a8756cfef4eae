import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ByteArena } from "../../src/exposition/byte_arena.ts";
import { type LabelEncoding, TextLabels } from "../../src/exposition/label_encoding.ts";
import { LabelSets } from "../../src/exposition/label_sets.ts";
import type { FamilyDef } from "../../src/metrics/family.ts";
import { Layout } from "../../src/metrics/layout.ts";
import { Uint32List } from "../../src/metrics/uint32_list.ts";

const FAMILY: FamilyDef = {
  name: "m",
  help: "",
  type: "gauge",
  unit: "",
  merge: "sum",
  labelNames: ["a", "b"],
  bounds: [],
};

function textAt(sets: LabelSets, place: number): string {
  const view = sets.viewAt(place);
  const bytes = new Uint8Array(view.buffer, sets.startAt(place), sets.lengthAt(place));
  return new TextDecoder().decode(bytes);
}

function text(names: readonly string[]): LabelEncoding {
  return new TextLabels(names, "underscores", "{");
}

Deno.test("LabelSets encodes sets without the closing brace, and no labels as nothing", () => {
  const layout = new Layout();
  layout.addFamily(FAMILY);
  layout.addSeries(0, ["1", 'x"\\\n'], 0);
  layout.addSeries(0, ["", "é"], 1);
  const series = new Uint32List();
  const sets = new LabelSets(series, text(["a", "b"]), new ByteArena(), []);
  series.push(0);
  series.push(1);
  sets.encode(1, layout);
  assertEquals([0, 1].map((place) => textAt(sets, place)), [
    '{a="1",b="x\\"\\\\\\n"',
    '{a="",b="é"',
  ]);
  layout.addSeries(layout.addFamily({ ...FAMILY, labelNames: [] }), [], 2);
  const plainSeries = new Uint32List();
  plainSeries.push(2);
  const plain = new LabelSets(plainSeries, text([]), new ByteArena(), []);
  plain.encode(0, layout);
  assertEquals(textAt(plain, 0), "");
});

Deno.test("LabelSets of siblings share the bytes of equal sets at equal places, in any order of encoding", () => {
  const pairs = fc.array(fc.tuple(fc.constantFrom("x", "y"), fc.constantFrom("1", "2")), {
    maxLength: 12,
  });
  fc.assert(fc.property(pairs, pairs, fc.array(fc.tuple(fc.nat(), fc.boolean())), (a, b, steps) => {
    const layout = new Layout();
    const arena = new ByteArena();
    const siblings: LabelSets[] = [];
    for (const values of [a, b]) {
      const family = layout.addFamily(FAMILY);
      const series = new Uint32List();
      siblings.push(new LabelSets(series, text(FAMILY.labelNames), arena, siblings));
      for (const pair of values) series.push(layout.addSeries(family, pair, 0));
    }
    const [first, second] = siblings as [LabelSets, LabelSets];
    for (const [pick, isFirst] of steps) {
      const sets = isFirst ? first : second;
      if (sets.count > 0) sets.encode(pick % sets.count, layout);
    }
    for (const sets of siblings) if (sets.count > 0) sets.encode(sets.count - 1, layout);
    const set = ([x, y]: readonly string[]) => `{a="${x}",b="${y}"`;
    assertEquals(a.map((_, place) => textAt(first, place)), a.map(set));
    assertEquals(b.map((_, place) => textAt(second, place)), b.map(set));
    for (let place = 0; place < Math.min(a.length, b.length); place++) {
      const isShared = first.startAt(place) === second.startAt(place);
      assertEquals(isShared, set(a[place]!) === set(b[place]!));
    }
  }));
});

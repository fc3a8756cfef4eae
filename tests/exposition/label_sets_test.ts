import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ByteArena } from "../../src/exposition/byte_arena.ts";
import { LabelSets } from "../../src/exposition/label_sets.ts";
import type { FamilyDef } from "../../src/metrics/family.ts";
import { Layout } from "../../src/metrics/layout.ts";

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
  const bytes = new Uint8Array(sets.view.buffer);
  return new TextDecoder().decode(bytes.subarray(sets.startAt(place), sets.endAt(place)));
}

Deno.test("LabelSets encodes sets without the closing brace, and no labels as nothing", () => {
  const layout = new Layout();
  layout.addFamily(FAMILY);
  layout.addSeries(0, ["1", 'x"\\\n'], 0);
  layout.addSeries(0, ["", "é"], 1);
  const sets = new LabelSets(["a", "b"], new ByteArena(), []);
  sets.append(0);
  sets.append(1);
  sets.encode(1, layout);
  assertEquals([0, 1].map((place) => textAt(sets, place)), [
    '{a="1",b="x\\"\\\\\\n"',
    '{a="",b="é"',
  ]);
  const plain = new LabelSets([], new ByteArena(), []);
  layout.addSeries(layout.addFamily({ ...FAMILY, labelNames: [] }), [], 2);
  plain.append(2);
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
      const sets = new LabelSets(FAMILY.labelNames, arena, siblings);
      siblings.push(sets);
      for (const pair of values) sets.append(layout.addSeries(family, pair, 0));
    }
    const [first, second] = siblings as [LabelSets, LabelSets];
    for (const [pick, isFirst] of steps) {
      const sets = isFirst ? first : second;
      if (sets.count > 0) sets.encode(pick % sets.count, layout);
    }
    for (const sets of siblings) if (sets.count > 0) sets.encode(sets.count - 1, layout);
    const text = ([x, y]: readonly string[]) => `{a="${x}",b="${y}"`;
    assertEquals(a.map((_, place) => textAt(first, place)), a.map(text));
    assertEquals(b.map((_, place) => textAt(second, place)), b.map(text));
    for (let place = 0; place < Math.min(a.length, b.length); place++) {
      const isShared = first.startAt(place) === second.startAt(place);
      assertEquals(isShared, text(a[place]!) === text(b[place]!));
    }
  }));
});

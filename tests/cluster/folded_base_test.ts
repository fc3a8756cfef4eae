import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BaseStage } from "../../src/cluster/base_stage.ts";
import { FOLDED_IDS_MAX, FoldedBase, RECENT_ROWS_MAX } from "../../src/cluster/folded_base.ts";
import { decodeBase, encodeBase } from "../../src/cluster/wire/base_codec.ts";
import { WireError } from "../../src/cluster/wire/byte_reader.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { identityOf, replicaOf } from "./known_copies.ts";
import { RandomNode } from "../metrics/merge/random_node.ts";

/** One of many lives, of which every node may have another, older or newer copy. */
function lifeOf(number: number, seq = 5) {
  const shard = replicaOf(number, seq);
  return { incarnation: identityOf(number).incarnation, shard, bornAtMs: number, goneAtMs: 0 };
}

function baseOf(...numbers: readonly number[]): FoldedBase {
  const base = new FoldedBase();
  base.fold(numbers.map((number) => lifeOf(number)));
  return base;
}

function totalOf(base: FoldedBase): number {
  return base.sums.shard.pages[0]?.[0] ?? 0;
}

/** As two nodes do that meet: each folds its own copies of what the other has folded, and joins. */
function meet(base: FoldedBase, other: FoldedBase, copies: ReadonlySet<number>): void {
  const image = other.image();
  base.fold(
    [...copies].map((number) => lifeOf(number)).filter(({ incarnation }) =>
      image.ids.some((row) => row.incarnation === incarnation)
    ),
  );
  base.join(image, other.hash);
}

Deno.test("FoldedBase has one hash for the same lives, in whatever order, and another one for others", () => {
  assertEquals(new FoldedBase().hash, "0000000000000000");
  assertEquals(baseOf(1, 2, 3).hash, baseOf(3, 1, 2).hash);
  assertNotEquals(baseOf(1, 2).hash, baseOf(1, 3).hash);
  const later = new FoldedBase();
  later.fold([lifeOf(1, 6)]);
  assertNotEquals(later.hash, baseOf(1).hash, "the same sums up to another seq");
});

Deno.test("encodeBase writes the golden bytes of a base, and decodeBase reads them", () => {
  const registry = new Registry();
  const sums = registry.counter({ name: "sums_total", help: "", labels: ["of"] });
  sums.inc({ of: "floats" }, 0.1);
  const latency = registry.histogram({ name: "latency_seconds", help: "", buckets: [0.5, 2] });
  for (const seconds of [0.25, 0.3, 7]) latency.observe(seconds);
  registry.nativeHistogram({ name: "sizes", help: "" }).observe(3);
  registry.shard.stamp();
  const base = new FoldedBase();
  for (let i = 1; i <= 3; i++) {
    const { incarnation } = identityOf(i);
    const times = { bornAtMs: 1_795_000_000_000 + i, goneAtMs: 1_000 * i };
    base.fold([{ incarnation, shard: registry.shard, ...times }]);
  }
  const golden = new URL("../golden/wire/base_1.hex", import.meta.url);
  const bytes = Uint8Array.fromHex(Deno.readTextFileSync(golden).replaceAll("\n", ""));
  assertEquals(encodeBase(base.image(), 10_000).toHex(), bytes.toHex());
  const read = new FoldedBase();
  read.join(decodeBase(bytes, 1_000, 10_000), "");
  assertEquals(read.hash, base.hash);
  assertEquals(read.sums.series, base.sums.series);
});

Deno.test("FoldedBase folds a life once", () => {
  const base = baseOf(1, 2);
  base.fold([lifeOf(2), lifeOf(4)]);
  assertEquals(totalOf(base), 7);
});

Deno.test("two bases that meet are the same after both took over, and hold everything", () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 12 });
  fc.assert(fc.property(numbers, numbers, (mine, theirs) => {
    const copies = new Set([...mine, ...theirs]);
    const [a, b] = [baseOf(...mine), baseOf(...theirs)];
    const before = baseOf(...theirs);
    meet(a, b, copies);
    meet(b, baseOf(...mine), copies);
    assertEquals(a.hash, b.hash);
    assertEquals(totalOf(a), [...copies].reduce((sum, number) => sum + number, 0));
    assert(a.covers(before.hash));
    assertEquals(a.divergences, 0);
  }));
});

Deno.test("bases of which each knows less of something take the larger sums, and count that", () => {
  const [a, b] = [new FoldedBase(), new FoldedBase()];
  a.fold([{ ...lifeOf(10, 5) }]);
  b.fold([{ ...lifeOf(10, 9), shard: replicaOf(12, 9) }]);
  const before = [a.hash, b.hash];
  b.join(a.image(), a.hash);
  a.join(b.image(), b.hash);
  assertEquals([totalOf(a), totalOf(b)], [12, 12]);
  assertEquals(a.hash, b.hash);
  assertEquals([...a.ids.values()], [9]);
  assertEquals([a.divergences, b.divergences], [1, 0]);
  assertNotEquals(before[0], before[1]);
});

Deno.test("a base that has forgotten series takes them over from who still has room for them", () => {
  const [forgetful, other] = [baseOf(1), baseOf(1, 2)];
  meet(forgetful, other, new Set());
  assert(forgetful.covers(other.hash));
  forgetful.keep(() => false);
  assertEquals([totalOf(forgetful), forgetful.covers(other.hash)], [0, false]);
  meet(forgetful, other, new Set());
  assertEquals([totalOf(forgetful), forgetful.hash], [3, other.hash]);
});

Deno.test("FoldedBase tells the latest lives, and forgets the ids of the earliest beyond its limit", () => {
  const base = new FoldedBase();
  const shard = replicaOf(1, 5);
  const id = (number: number) => number.toString(16).padStart(16, "0");
  const empty = { ...shard, layout: new Registry().shard.layout, pages: [], seq: 5 };
  base.fold(Array.from({ length: FOLDED_IDS_MAX + 3 }, (_, i) => (
    {
      incarnation: id(i),
      shard: { ...empty, stamps: null, cellCount: 0 },
      bornAtMs: 0,
      goneAtMs: 0,
    }
  )));
  assertEquals([base.ids.size, base.forgottenIds], [FOLDED_IDS_MAX, 3]);
  const recent = base.recent();
  assertEquals(recent.length, RECENT_ROWS_MAX);
  assertEquals(recent.at(-1)?.incarnation, id(FOLDED_IDS_MAX + 2));
});

Deno.test("decodeBase gives back every base that encodeBase wrote, ages counted on", () => {
  const acts = fc.array(fc.tuple(fc.nat(3), fc.nat(40), fc.nat(3), fc.nat(40)), { maxLength: 60 });
  fc.assert(fc.property(acts, (done) => {
    const nodes = Array.from({ length: 4 }, (_, i) => new RandomNode(i, i % 3));
    for (const [node, what, label, n] of done) nodes[node]!.act(what, label, n);
    const base = new FoldedBase();
    base.fold(nodes.map((node, i) => (
      {
        incarnation: identityOf(i).incarnation,
        shard: node.contribution.shard,
        bornAtMs: i,
        goneAtMs: 100 * i,
      }
    )));
    const image = decodeBase(encodeBase(base.image(), 1_000), 100_000, 5_000);
    const other = new FoldedBase();
    other.join(image, "0000000000000000");
    assertEquals(other.hash, base.hash);
    assertEquals(
      image.series.map(({ goneAtMs }) => goneAtMs),
      base.sums.series.map(({ goneAtMs }) => goneAtMs + 4_000),
    );
    const createdOf = (of: FoldedBase) =>
      of.sums.series.map((_, number) => of.sums.createdMsOf(number));
    assertEquals(
      createdOf(other),
      createdOf(base).map((at) => at === null ? null : Math.floor(at)),
    );
  }));
});

Deno.test("decodeBase throws a WireError for every truncation, and never anything else for changed bytes", () => {
  const bytes = encodeBase(baseOf(1, 2, 3).image(), 0);
  for (let length = 0; length < bytes.length; length++) {
    assertThrows(() => decodeBase(bytes.subarray(0, length), 1_000, 0), WireError);
  }
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    try {
      decodeBase(flipped, 1_000, 0);
    } catch (error) {
      assert(error instanceof WireError, `${error}`);
    }
  }
});

Deno.test("BaseStage joins parts that continue each other, and drops all others", () => {
  const part = (offset: number, ...bytes: readonly number[]) => (
    { hash: "aa", bytesTotal: 5, offset, bytes: Uint8Array.from(bytes) }
  );
  const stage = new BaseStage();
  assertEquals(stage.add(part(0, 1, 2)), { kind: "partial", next: { hash: "aa", offset: 2 } });
  assertEquals(stage.add(part(2, 3, 4)), { kind: "partial", next: { hash: "aa", offset: 4 } });
  assertEquals(stage.add(part(4, 5)), { kind: "whole", bytes: Uint8Array.of(1, 2, 3, 4, 5) });
  assertEquals(stage.add(part(2, 3)).kind, "broken");
  assertEquals(stage.add(part(0, 1, 2)).kind, "partial");
  assertEquals(stage.add({ ...part(2, 3), hash: "bb" }).kind, "broken");
  assertEquals(stage.add(part(0, 1, 2)).kind, "partial");
  assertEquals(
    stage.add(part(2)).kind,
    "broken",
    "a part without bytes would be asked for for ever",
  );
});

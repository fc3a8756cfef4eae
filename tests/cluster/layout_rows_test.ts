import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { DeltaMaker } from "../../src/cluster/delta.ts";
import { checkAdditions, GROWING, STATE } from "../../src/cluster/layout_check.ts";
import { Replica } from "../../src/cluster/replica.ts";
import { ByteReader } from "../../src/cluster/wire/byte_reader.ts";
import { ByteWriter } from "../../src/cluster/wire/byte_writer.ts";
import { readAdditions, writeAdditions } from "../../src/cluster/wire/layout_codec.ts";
import { type LayoutAddition, LayoutAdditions } from "../../src/cluster/wire/layout_additions.ts";
import { BIN_INDEX_MAX, SCHEMA_MAX, SCHEMA_MIN } from "../../src/metrics/bin.ts";
import { Layout } from "../../src/metrics/layout.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { identityOf } from "./known_copies.ts";

/** A registry with every type of metric, and what can be done to it. */
function everything() {
  const time = { ms: 1_000_000 };
  const clock = () => time.ms;
  const registry = new Registry({ wallMs: clock, nowMs: clock, constantLabels: { env: "test" } });
  const counter = registry.counter({ name: "c_total", help: "C.", labels: ["k"] });
  const gauge = registry.gauge({ name: "g", help: "G.", labels: ["k"], idleTtlMs: 60_000 });
  const histogram = registry.histogram({ name: "h", help: "H.", labels: ["k"], buckets: [1, 5] });
  const native = registry.nativeHistogram({ name: "n", help: "N.", labels: ["k"], binsMax: 4 });
  const summary = registry.summary({ name: "s", help: "S.", labels: ["k"], quantiles: [0, 1] });
  const info = registry.info({ name: "i_info", help: "I.", labels: ["k"] });
  const states = registry.stateSet({ name: "t", help: "T.", states: ["x", "y"] });
  const acts: ((k: number, n: number) => void)[] = [
    (k, n) => counter.inc({ k }, n / 8),
    (k, n) => gauge.set({ k }, -n),
    (k, n) => histogram.observe({ k }, n - 5),
    (k, n) => native.observe({ k }, n * n - 9),
    (k, n) => summary.observe({ k }, n - 3),
    (k) => info.set({ k }),
    (k, n) => k % 2 === 0 ? states.only("x") : states.set("y", n > 20),
    (k) => counter.remove({ k }),
    (k) => gauge.remove({ k }),
    (k) => native.remove({ k }),
    (k) => summary.remove({ k }),
    () => histogram.clear(),
    () => info.clear(),
    (_, n) => time.ms += n * 10_000,
  ];
  return { registry, acts };
}

/** Brings a copy up to date by way of bytes, in which it is told again of so many rows that it has. */
function update(replica: Replica, { shard }: Registry, overlap: number): void {
  shard.stamp();
  const revision = Math.max(0, replica.layout.revision - overlap);
  const have = { sinceSeq: replica.seq, revision, resume: null };
  const source = { identity: replica.identity, departure: null, shard, ageMs: 0 };
  const { delta } = new DeltaMaker().make(source, have, Infinity);
  const to = new ByteWriter();
  writeAdditions(to, delta.additions);
  const received = { ...delta, additions: readAdditions(new ByteReader(to.finish())) };
  assertEquals([...received.additions], [...delta.additions]);
  const verdict = replica.check(received);
  assert(verdict.kind === "fits", JSON.stringify(verdict));
  replica.apply(received, verdict.changes, 0);
}

/** All that a layout says. */
function described(layout: Layout) {
  return {
    families: layout.families,
    rows: Array.from({ length: layout.revision }, (_, at) => layout.row(at)),
    bins: Array.from({ length: layout.binCount }, (_, bin) => layout.binAt(bin)),
    hidden: [...layout.hidden].sort(),
    series: Array.from({ length: layout.seriesCount }, (_, series) => [
      layout.familyOf(series),
      layout.labelValuesOf(series),
      layout.firstCellOf(series),
      layout.isSumState(series),
      layout.createdMsOf(series),
      layout.binsOf(series),
    ]),
    cellsEnd: layout.cellsEnd,
  };
}

Deno.test("Replica is as its owner after every delta, whatever the owner's metrics did in between", () => {
  const act = fc.tuple(fc.nat(13), fc.nat(2), fc.nat(40));
  const round = fc.tuple(fc.array(act, { maxLength: 12 }), fc.nat(9));
  fc.assert(fc.property(fc.array(round, { maxLength: 8 }), (rounds) => {
    const { registry, acts } = everything();
    const replica = new Replica(identityOf(1), 100_000);
    for (const [round, overlap] of rounds) {
      for (const [what, k, n] of round) acts[what]!(k, n);
      update(replica, registry, overlap);
      assertEquals(replica.layout.bytes, registry.shard.layout.bytes);
      assertEquals(described(replica.layout), described(registry.shard.layout));
      for (let cell = 0; cell < registry.shard.cellCount; cell++) {
        const value = (pages: readonly Float64Array[]) => pages[cell >> 10]![cell & 1023]!;
        assertEquals(value(replica.pages), value(registry.shard.pages), `cell ${cell}`);
      }
    }
  }));
});

Deno.test("a layout whose series come and go for ever stays small, here and in every copy", () => {
  const registry = new Registry();
  const gauge = registry.gauge({ name: "present", help: "", labels: ["k"] });
  const early = new Replica(identityOf(1), 100_000);
  const often = new Replica(identityOf(1), 100_000);
  const keys = Array.from({ length: 100 }, (_, k) => `${k}`);
  for (let round = 0; round < 400; round++) {
    for (const k of keys) {
      if (round % 2 === 0) gauge.set({ k }, round);
      else gauge.remove({ k });
    }
    // What stays shown, or hidden, is not told again.
    if (round % 7 === 0) gauge.set({ k: "0" }, round);
    update(often, registry, 0);
    if (round === 3) update(early, registry, 0);
  }
  update(early, registry, 5);
  const late = new Replica(identityOf(1), 100_000);
  update(late, registry, 0);
  const { layout } = registry.shard;
  assert(layout.revision > 39_000, `${layout.revision}`);
  for (const copy of [early, often, late]) {
    assertEquals(copy.layout.revision, layout.revision);
    assertEquals([...copy.layout.hidden].sort(), [...layout.hidden].sort());
    assert(copy.layout.bytes < 4 * layout.revision / 2, `${copy.layout.bytes}`);
  }
  assert(layout.bytes < 4 * layout.revision / 2, `${layout.bytes}`);
});

Deno.test("readAdditions reads every bin that writeAdditions writes", () => {
  const bin = fc.record({
    kind: fc.constant("bin" as const),
    series: fc.nat(1_000),
    schema: fc.integer({ min: SCHEMA_MIN, max: SCHEMA_MAX }),
    sign: fc.constantFrom(1 as const, 0 as const, -1 as const),
    index: fc.integer({ min: -BIN_INDEX_MAX, max: BIN_INDEX_MAX }),
    cell: fc.nat(2 ** 30),
  });
  fc.assert(fc.property(fc.array(bin), (additions: LayoutAddition[]) => {
    const to = new ByteWriter();
    writeAdditions(to, LayoutAdditions.of(additions));
    assertEquals([...readAdditions(new ByteReader(to.finish()))], additions);
  }));
});

Deno.test("Layout keeps every bin as it was given", () => {
  fc.assert(fc.property(
    fc.integer({ min: SCHEMA_MIN, max: SCHEMA_MAX }),
    fc.constantFrom(1 as const, -1 as const),
    fc.integer({ min: -BIN_INDEX_MAX, max: BIN_INDEX_MAX }),
    (schema, sign, index) => {
      const layout = new Layout();
      const bin = layout.addBin(0, { schema, sign, index }, 7);
      assertEquals(layout.binAt(bin), { series: 0, schema, sign, index, cell: 7 });
      assertEquals(layout.cellsEnd, 8);
    },
  ));
});

const BIN = { kind: "bin", series: 0, schema: 3, sign: 1, index: 5, cell: 1 } as const;

/** A family and its series, whose cells begin at 0. */
function series(type: "native_histogram" | "summary" | "counter"): LayoutAddition[] {
  const family = {
    name: "x",
    help: "",
    type,
    unit: "",
    merge: "add",
    labelNames: [],
    bounds: [],
  } as const;
  return [
    {
      kind: "family",
      family: type === "summary" ? { ...family, quantiles: [0.5] } : family,
    },
    { kind: "series", family: 0, labelValues: [], firstCell: 0 },
  ];
}

Deno.test("checkAdditions refuses bins, hides and shows that no registry makes", () => {
  const table: readonly (readonly [string, readonly LayoutAddition[]])[] = [
    ["must be of a native histogram or summary", [...series("counter"), BIN]],
    ["must be of a native histogram or summary", [BIN]],
    ["index must be one that values have", [
      ...series("native_histogram"),
      { ...BIN, index: BIN_INDEX_MAX + 1 },
    ]],
    ["index must be one that values have", [...series("native_histogram"), { ...BIN, sign: 0 }]],
    ["must follow the ones before", [...series("native_histogram"), { ...BIN, cell: 0 }]],
    ["must follow the ones before", [...series("native_histogram"), BIN, BIN]],
    ["at most 1500 cells", [
      ...series("native_histogram"),
      { ...BIN, cell: 1_000 },
      { ...BIN, cell: 1_500 },
    ]],
    ["must be known to be hidden or shown", [{ kind: "hide", series: 0 }]],
  ];
  for (const [rule, additions] of table) {
    const verdict = checkAdditions(new Layout(), 0, LayoutAdditions.of(additions), 1_500);
    const reason = verdict.kind === "invalid" ? verdict.reason : verdict.kind;
    assertEquals(reason.includes(rule), true, `${reason} should say: ${rule}`);
  }
});

Deno.test("checkAdditions holds a native histogram's bins to growing, and a summary's not", () => {
  const kindsOf = (type: "native_histogram" | "summary", cell: number) => {
    const additions = LayoutAdditions.of([...series(type), { ...BIN, cell }]);
    const verdict = checkAdditions(new Layout(), 0, additions, 100);
    return verdict.kind === "valid" ? [...verdict.changes.added] : verdict.reason;
  };
  assertEquals(kindsOf("native_histogram", 2), [GROWING, STATE, GROWING]);
  assertEquals(kindsOf("summary", 2), [GROWING, GROWING, STATE]);
});

Deno.test("checkAdditions lets a negative value turn the sum alone into state", () => {
  for (
    const [type, kinds] of [["native_histogram", [STATE]], ["summary", [GROWING, STATE]]] as const
  ) {
    const additions = LayoutAdditions.of([...series(type), { kind: "sum_is_state", series: 0 }]);
    const verdict = checkAdditions(new Layout(), 0, additions, 100);
    assertEquals(verdict.kind === "valid" ? [...verdict.changes.added] : [], [...kinds]);
  }
});

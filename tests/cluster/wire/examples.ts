import { CellRuns } from "../../../src/cluster/wire/cell_runs.ts";
import {
  type LayoutAddition,
  LayoutAdditions,
} from "../../../src/cluster/wire/layout_additions.ts";
import type { Hello, Message, ShardDelta } from "../../../src/cluster/wire/message.ts";
import type { FamilyDef } from "../../../src/metrics/family.ts";

/** Runs of cells from `[cell, value]` pairs in ascending order. */
export function cellRuns(...cells: readonly (readonly [number, number])[]): CellRuns {
  const runs = new CellRuns();
  for (const [cell, value] of cells) runs.push(cell, value);
  return runs;
}

/** The `[cell, value]` pairs of runs. */
export function pairsOf(runs: CellRuns): [number, number][] {
  const pairs: [number, number][] = [];
  for (let run = 0, at = 0; run < runs.runCount; run++) {
    for (let i = 0; i < runs.lengthOf(run); i++) {
      pairs.push([runs.firstOf(run) + i, runs.values[at++]!]);
    }
  }
  return pairs;
}

/** A message as plain data, to compare it with another. */
export function plain(message: Message): unknown {
  const shards = message.shards.map((shard) => ({
    ...shard,
    additions: [...shard.additions],
    cells: pairsOf(shard.cells),
  }));
  return { ...message, shards };
}

export const HELLO: Hello = {
  cluster: "shop.default.svc.cluster.local.",
  node: "web-0",
  incarnation: "0123456789abcdef",
  startedAtMs: 1_795_000_000_123,
  version: "0.1.0",
  address: "10.0.0.1:4021",
  complete: true,
  leaving: false,
};

const SHARD: ShardDelta = {
  identity: {
    node: "web-1",
    incarnation: "fedcba9876543210",
    startedAtMs: 1_795_000_100_456,
    version: "0.1.0",
    address: "[fd00::2]:4021",
  },
  departure: null,
  seq: 300,
  sinceSeq: 299,
  ageMs: 250,
  layoutFrom: 0,
  additions: LayoutAdditions.of([
    {
      kind: "family",
      family: {
        name: "orders_total",
        help: "Orders.",
        type: "counter",
        unit: "",
        merge: "add",
        labelNames: ["plan"],
        bounds: [],
      },
    },
    { kind: "series", family: 0, labelValues: ["pro"], firstCell: 0 },
    { kind: "series", family: 0, labelValues: ['größer\n"\\'], firstCell: 1 },
    {
      kind: "family",
      family: {
        name: "duration_seconds",
        help: "Duration.",
        type: "histogram",
        unit: "seconds",
        merge: "add",
        labelNames: [],
        bounds: [0.1, 1, 10],
      },
    },
    { kind: "series", family: 1, labelValues: [], firstCell: 2 },
    { kind: "sum_is_state", series: 2 },
    {
      kind: "family",
      family: {
        name: "temperature_celsius",
        help: "",
        type: "gauge",
        unit: "celsius",
        merge: "latest",
        labelNames: [],
        bounds: [],
      },
    },
    { kind: "series", family: 2, labelValues: [], firstCell: 7 },
  ]),
  cells: cellRuns([0, 3], [1, 2 ** 50], [2, 1], [6, -0.5], [7, 21.5], [8, 1_795_000_100.5]),
  next: null,
};

function family(
  type: FamilyDef["type"],
  merge: FamilyDef["merge"],
  more: Partial<FamilyDef> = {},
): LayoutAddition {
  const common = { name: `${type}_${merge}`, help: "", unit: "", labelNames: [], bounds: [] };
  return { kind: "family", family: { ...common, type, merge, ...more } };
}

/** Rows of every kind, and families of every type and way to merge that other examples lack. */
const ALL_ROWS = LayoutAdditions.of([
  { kind: "created", atMs: 1_795_000_000_123 },
  family("native_histogram", "add"),
  { kind: "series", family: 0, labelValues: [], firstCell: 0 },
  { kind: "bin", series: 0, schema: 3, sign: 1, index: -27, cell: 1 },
  { kind: "bin", series: 0, schema: 3, sign: -1, index: 8, cell: 2 },
  { kind: "bin", series: 0, schema: -4, sign: 0, index: 0, cell: 3 },
  family("summary", "add", { quantiles: [0.5, 0.99] }),
  { kind: "series", family: 1, labelValues: [], firstCell: 4 },
  { kind: "bin", series: 1, schema: 5, sign: 1, index: 40, cell: 6 },
  { kind: "sum_is_state", series: 1 },
  family("info", "max", { labelNames: ["version"] }),
  { kind: "series", family: 2, labelValues: ["0.1.0"], firstCell: 7 },
  { kind: "hide", series: 2 },
  { kind: "show", series: 2 },
  family("state_set", "per_node", { labelNames: ["state"] }),
  family("gauge", "per_node"),
  family("gauge", "sum"),
  family("gauge", "min"),
  family("gauge", "max"),
  family("gauge", "avg"),
]);

/** One message for each golden file under `tests/golden/wire/`, by the file's name. */
export const EXAMPLES: Readonly<Record<string, Message>> = {
  "1_digest_request": {
    hello: HELLO,
    digest: {
      rows: [
        { incarnation: HELLO.incarnation, heardSeq: 7, heldSeq: 7, ageMs: 0, revision: 4 },
        {
          incarnation: "fedcba9876543210",
          heardSeq: 4_294_967_295,
          heldSeq: 300,
          ageMs: 1_250,
          revision: 200,
        },
      ],
      departedHash: "00000000000000ff",
      baseHash: "0000000000000000",
    },
    want: { kind: "digest" },
    shards: [],
    departed: null,
    folded: null,
    base: null,
    more: [],
  },
  "1_newer_answer": {
    hello: { ...HELLO, complete: false, leaving: true, address: "" },
    digest: { rows: [], departedHash: "0000000000000000", baseHash: "0000000000000000" },
    want: null,
    shards: [SHARD, {
      ...SHARD,
      identity: { ...SHARD.identity, incarnation: "00000000000000aa" },
      departure: "left",
      seq: 12,
      sinceSeq: 0,
      layoutFrom: 8,
      additions: new LayoutAdditions(),
      cells: cellRuns(),
      next: { seq: 12, cell: 1_024 },
    }],
    departed: [
      { incarnation: "00000000000000aa", seq: 12, departure: "left" },
      { incarnation: "00000000000000bb", seq: 13, departure: "replaced" },
      { incarnation: "00000000000000cc", seq: 14, departure: "lost" },
    ],
    folded: null,
    base: null,
    more: [{
      incarnation: "00000000000000dd",
      sinceSeq: 1,
      revision: 2,
      resume: { seq: 3, cell: 4 },
    }],
  },
  "1_layout_rows": {
    hello: HELLO,
    digest: null,
    want: { kind: "newer" },
    shards: [{
      ...SHARD,
      additions: ALL_ROWS,
      cells: cellRuns([0, 1.5], [1, 2], [2, 0], [3, 1], [4, 7], [5, -1e300], [6, 7], [7, 1]),
    }],
    departed: null,
    folded: null,
    base: null,
    more: [],
  },
  "1_first_own_request": {
    hello: HELLO,
    digest: null,
    want: { kind: "own", have: null },
    shards: [],
    departed: null,
    folded: null,
    base: null,
    more: [],
  },
  "1_own_request": {
    hello: HELLO,
    digest: null,
    want: {
      kind: "own",
      have: { incarnation: "fedcba9876543210", sinceSeq: 299, revision: 8, resume: null },
    },
    shards: [],
    departed: [],
    folded: null,
    base: null,
    more: [],
  },
  "1_listed_request": {
    hello: HELLO,
    digest: null,
    want: {
      kind: "listed",
      shards: [
        { incarnation: "fedcba9876543210", sinceSeq: 0, revision: 0, resume: null },
        { incarnation: "00000000000000dd", sinceSeq: 1, revision: 2, resume: { seq: 3, cell: 4 } },
      ],
    },
    shards: [],
    departed: null,
    folded: null,
    base: null,
    more: [],
  },
  "1_exemplars_request": {
    hello: HELLO,
    digest: null,
    want: { kind: "own", have: null },
    shards: [],
    departed: null,
    folded: null,
    base: null,
    more: [],
    exemplars: { has: { incarnation: "fedcba9876543210", position: 300 }, told: null },
  },
  "1_exemplars_answer": {
    hello: HELLO,
    digest: null,
    want: null,
    shards: [],
    departed: null,
    folded: null,
    base: null,
    more: [],
    exemplars: {
      has: null,
      told: {
        incarnation: HELLO.incarnation,
        position: 302,
        exemplars: [
          { cell: 0, exemplar: { labels: {}, value: -0.5, timestampMs: 0 } },
          {
            cell: 1_024,
            exemplar: {
              labels: { trace_id: "4bf92f3577b34da6", user: "größer" },
              value: 0.25,
              timestampMs: 1_795_000_100_456.5,
            },
          },
        ],
      },
    },
  },
  "1_forgotten_logs": {
    hello: HELLO,
    digest: null,
    want: null,
    shards: [],
    departed: null,
    folded: null,
    base: null,
    more: [],
    invalidations: {
      rows: [
        {
          incarnation: HELLO.incarnation,
          position: 3,
          ageMs: 0,
          forgottenAgeMs: 901_000,
          isEnded: false,
        },
        {
          incarnation: "fedcba9876543210",
          position: 7,
          ageMs: 1_250,
          forgottenAgeMs: null,
          isEnded: false,
        },
      ],
      parts: [],
    },
  },
  "1_invalidations": {
    hello: HELLO,
    digest: null,
    want: null,
    shards: [],
    departed: null,
    folded: null,
    base: null,
    more: [],
    invalidations: {
      rows: [
        {
          incarnation: HELLO.incarnation,
          position: 3,
          ageMs: 0,
          forgottenAgeMs: null,
          isEnded: false,
        },
        {
          incarnation: "fedcba9876543210",
          position: 1_000_000,
          ageMs: 1_250,
          forgottenAgeMs: null,
          isEnded: false,
        },
        {
          incarnation: "00000000000000aa",
          position: 12,
          ageMs: null,
          forgottenAgeMs: null,
          isEnded: true,
        },
      ],
      parts: [{
        incarnation: HELLO.incarnation,
        after: 0,
        entries: [
          { kind: "key", cache: "users", name: "größer:1" },
          { kind: "tag", cache: "users", name: "team:7" },
          { kind: "clear", cache: "plans", name: "" },
        ],
      }],
    },
  },
  "1_base_request": {
    hello: HELLO,
    digest: null,
    want: { kind: "base", hash: "00112233445566ff", offset: 70_000 },
    shards: [],
    departed: null,
    folded: null,
    base: null,
    more: [],
  },
  "1_folded_answer": {
    hello: HELLO,
    digest: { rows: [], departedHash: "0000000000000000", baseHash: "00112233445566ff" },
    want: null,
    shards: [],
    departed: null,
    folded: {
      count: 2_000,
      rows: [
        { incarnation: "00000000000000aa", seq: 12 },
        { incarnation: "fedcba9876543210", seq: 86_400 },
      ],
    },
    base: {
      hash: "00112233445566ff",
      bytesTotal: 70_004,
      offset: 70_000,
      bytes: Uint8Array.of(1, 2, 3, 255),
    },
    more: [],
  },
};

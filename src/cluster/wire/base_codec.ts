import { PAGE_CELLS } from "../../metrics/cells.ts";
import type { FoldedSeries, SummedShard } from "../../metrics/merge/folded_sums.ts";
import type { FoldedImage } from "../folded_base.ts";
import type { Identity } from "../identity.ts";
import { layoutAdditions } from "../layout_rows.ts";
import { Replica } from "../replica.ts";
import { ByteReader } from "./byte_reader.ts";
import { ByteWriter } from "./byte_writer.ts";
import { type CellRuns, changedCells } from "./cell_runs.ts";
import { readCells, writeCells } from "./cells_codec.ts";
import { wholeAge } from "./digest_codec.ts";
import { readFoldedRows, writeFoldedRows } from "./folded_codec.ts";
import { LayoutAdditions } from "./layout_additions.ts";
import { readAdditions, writeAdditions } from "./layout_codec.ts";

/** Raised when an old reader would misread the bytes of a base. */
const BASE_VERSION = 1;
const REMOVED = 1;
const HAS_CREATED = 2;
const NOBODY: Identity = { node: "", incarnation: "", startedAtMs: 0, version: "", address: "" };

/** The bytes of a whole base, with ages as of `nowMs`, in awake milliseconds. */
export function encodeBase(image: FoldedImage, nowMs: number): Uint8Array<ArrayBuffer> {
  const to = new ByteWriter();
  to.varint(BASE_VERSION);
  writeFoldedRows(to, image.ids);
  const { shard, series, createdMsOf } = image;
  writeAdditions(to, rowsOf(shard));
  series.forEach(({ bornAtMs, isRemoved, goneAtMs }, number) => {
    const createdMs = createdMsOf(number);
    to.varint((isRemoved ? REMOVED : 0) | (createdMs === null ? 0 : HAS_CREATED));
    to.varint(Math.max(0, Math.floor(bornAtMs)));
    to.varint(wholeAge(nowMs - goneAtMs));
    if (createdMs !== null) to.varint(Math.max(0, Math.floor(createdMs)));
  });
  writeCells(to, changedCells(shard, 0));
  writeCells(to, changedCells({ ...shard, pages: shard.low }, 0));
  return to.finish();
}

/**
 * Reads a whole base of at most `cellsMax` cells.
 *
 * @throws {WireError} for what no writer writes.
 */
export function decodeBase(bytes: Uint8Array, cellsMax: number, nowMs: number): FoldedImage {
  const from = new ByteReader(bytes);
  if (from.varint() !== BASE_VERSION) from.fail("the base's version must be 1");
  const ids = readFoldedRows(from);
  const additions = readAdditions(from);
  const series: FoldedSeries[] = [];
  const createdMs: (number | null)[] = [];
  for (let i = 0; i < additions.series.length; i++) {
    const flags = from.varint();
    const bornAtMs = from.varint();
    series.push({ bornAtMs, isRemoved: (flags & REMOVED) !== 0, goneAtMs: nowMs - from.varint() });
    createdMs.push((flags & HAS_CREATED) === 0 ? null : from.varint());
  }
  const shard = readShard(from, additions, cellsMax);
  return { ids, shard, series, createdMsOf: (number) => createdMs[number] ?? null };
}

const LEFT_OUT: ReadonlySet<string> = new Set(["hide", "show", "created", "void"]);

/** The rows that make the layout; which series are hidden follows from the series themselves. */
function rowsOf({ layout }: SummedShard): LayoutAdditions {
  const rows = new LayoutAdditions();
  for (const row of layoutAdditions(layout, 0, layout.revision)) {
    if (!LEFT_OUT.has(row.kind)) rows.push(row);
  }
  return rows;
}

function readShard(
  from: ByteReader,
  additions: LayoutAdditions,
  cellsMax: number,
): SummedShard {
  const common = { identity: NOBODY, departure: null, seq: 1, sinceSeq: 0, ageMs: 0, next: null };
  const delta = { ...common, layoutFrom: 0, additions, cells: readCells(from) };
  // A copy checks what comes from other processes, and a base is as much a layout with cells.
  const copy = new Replica(NOBODY, cellsMax);
  const verdict = copy.check(delta);
  if (verdict.kind !== "fits") {
    return from.fail(`a base's cells must be valid: ${"reason" in verdict ? verdict.reason : ""}`);
  }
  copy.apply(delta, verdict.changes, 0);
  const lows = readCells(from);
  if (lows.end > copy.cellCount) from.fail("the low half of a cell must have a cell");
  const { layout, seq, pages, cellCount } = copy;
  const low = pages.map(() => new Float64Array(PAGE_CELLS));
  write(lows, low);
  return { layout, seq, pages, low, stamps: null, cellCount };
}

function write(runs: CellRuns, pages: readonly Float64Array[]): void {
  for (let run = 0, at = 0; run < runs.runCount; run++) {
    const first = runs.firstOf(run);
    for (let i = 0; i < runs.lengthOf(run); i++, at++) {
      pages[Math.floor((first + i) / PAGE_CELLS)]![(first + i) % PAGE_CELLS] = runs.values[at]!;
    }
  }
}

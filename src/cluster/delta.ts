import {
  type Layout,
  ROW_BIN,
  ROW_CREATED,
  ROW_FAMILY,
  ROW_HIDE,
  ROW_SERIES,
  ROW_SHOW,
} from "../metrics/layout.ts";
import type { Shard } from "../metrics/shard.ts";
import type { Identity } from "./identity.ts";
import { CellRuns, changedCells } from "./wire/cell_runs.ts";
import type { Departure, LayoutAddition, PageMark, ShardDelta } from "./wire/message.ts";

/** A row takes about this many bytes of a page; pages are cut by it, so it errs on the high side. */
const ROW_BYTES = 160;
/** What one changed cell takes at most: a gap and a float64 with its tag. */
const CELL_BYTES = 12;

/** What is known of the shard that a delta is made of. */
export interface DeltaSource {
  readonly identity: Identity;
  readonly departure: Departure | null;
  readonly shard: Shard;
  /** Milliseconds since the shard's seq was stamped. */
  readonly ageMs: number;
}

/** What the asker's copy has. */
export interface DeltaBase {
  readonly sinceSeq: number;
  readonly revision: number;
  readonly resume: PageMark | null;
}

/** A delta and how many bytes it takes at most. */
export interface SizedDelta {
  readonly delta: ShardDelta;
  readonly bytesMax: number;
}

/**
 * What is newer in a shard than in the asker's copy, as one page of about `bytesMax` bytes. Layout rows
 * go first, cells after all rows are sent. Every page of a delta names the seq that the first one had:
 * a later page may hold newer values, and since cells that changed after that seq are sent again by
 * the next delta, none is missed.
 */
export function makeDelta(source: DeltaSource, base: DeltaBase, bytesMax: number): SizedDelta {
  const { shard, identity, departure, ageMs } = source;
  const rowsMax = Math.max(1, Math.floor(bytesMax / ROW_BYTES));
  // A copy that knows more of the layout than this shard has is of another owner: start over.
  const from = Math.min(base.revision, shard.layout.revision);
  const to = Math.min(shard.layout.revision, from + rowsMax);
  const additions = layoutAdditions(shard.layout, from, to);
  const seq = base.resume?.seq ?? shard.seq;
  const common = { identity, departure, seq, sinceSeq: base.sinceSeq, ageMs, layoutFrom: from };
  const rowBytes = additions.length * ROW_BYTES;
  const cell = base.resume?.cell ?? 0;
  if (to < shard.layout.revision) {
    const delta = { ...common, additions, cells: new CellRuns(), next: { seq, cell } };
    return { delta, bytesMax: rowBytes };
  }
  const cellsMax = Math.max(1024, Math.floor((bytesMax - rowBytes) / CELL_BYTES));
  const { cells, nextCell } = changedCells(shard, base.sinceSeq, cell, cellsMax);
  const next = nextCell === null ? null : { seq, cell: nextCell };
  return {
    delta: { ...common, additions, cells, next },
    bytesMax: rowBytes + cells.cellCount * CELL_BYTES,
  };
}

function layoutAdditions(layout: Layout, from: number, to: number): LayoutAddition[] {
  return Array.from({ length: to - from }, (_, i) => layoutAddition(layout, from + i));
}

function layoutAddition(layout: Layout, at: number): LayoutAddition {
  const { kind, subject } = layout.row(at);
  switch (kind) {
    case ROW_FAMILY:
      return { kind: "family", family: layout.families[subject]! };
    case ROW_SERIES:
      return {
        kind: "series",
        family: layout.familyOf(subject),
        labelValues: layout.labelValuesOf(subject),
        firstCell: layout.firstCellOf(subject),
      };
    case ROW_BIN:
      return { kind: "bin", ...layout.binAt(subject) };
    case ROW_CREATED:
      return { kind: "created", atMs: layout.createdAt(subject) };
    case ROW_HIDE:
      return { kind: "hide", series: subject };
    case ROW_SHOW:
      return { kind: "show", series: subject };
    default:
      return { kind: "sum_is_state", series: subject };
  }
}

/**
 * Joins the pages of one delta, in the order in which they came. Undefined while pages are missing, or
 * when the next page does not continue the one before.
 */
export function joinPages(pages: readonly ShardDelta[]): ShardDelta | undefined {
  const first = pages[0];
  const last = pages.at(-1);
  if (first === undefined || last === undefined || last.next !== null) return undefined;
  if (pages.length === 1) return first;
  const additions: LayoutAddition[] = [];
  const cells = new CellRuns();
  for (const page of pages) {
    if (page.seq !== first.seq || page.sinceSeq !== first.sinceSeq) return undefined;
    if (page.layoutFrom !== first.layoutFrom + additions.length) return undefined;
    additions.push(...page.additions);
    cells.append(page.cells);
  }
  return { ...first, additions, cells, next: null };
}

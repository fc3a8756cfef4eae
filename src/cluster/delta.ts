import type { Layout } from "../metrics/layout.ts";
import { PAGE_CELLS } from "../metrics/cells.ts";
import type { PublishedShard } from "../metrics/shard.ts";
import type { Identity } from "./identity.ts";
import { layoutAdditions } from "./layout_rows.ts";
import { CellRuns, changedCells } from "./wire/cell_runs.ts";
import { type LayoutAddition, LayoutAdditions } from "./wire/layout_additions.ts";
import type { Departure, PageMark, ShardDelta } from "./wire/message.ts";

/** What one changed cell takes at most: a gap, a float64 and its tag. */
const CELL_BYTES = 13;
/** A page with cells has room for one page of them at least. */
const CELLS_BYTES_MIN = PAGE_CELLS * CELL_BYTES;
/** The numbers of a row, and of a delta, besides its strings and floats. */
const ROW_NUMBERS_BYTES = 24;
const DELTA_NUMBERS_BYTES = 96;
/** A string's own number and its length come before its bytes. */
const STRING_HEAD_BYTES = 8;
/** A UTF-16 unit is at most three bytes of UTF-8. */
const UNIT_BYTES = 3;

/** A page of fewer bytes may be longer than was asked. */
export const PAGE_BYTES_MIN: number = 2 * CELLS_BYTES_MIN;

/** What is known of the shard that a delta is made of. */
export interface DeltaSource {
  readonly identity: Identity;
  readonly departure: Departure | null;
  readonly shard: PublishedShard;
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

/** What a delta in pages is cut from: all of it as it was when its first page was made. */
interface FrozenDelta {
  readonly shard: PublishedShard;
  readonly sinceSeq: number;
  readonly seq: number;
  readonly revision: number;
  readonly cells: CellRuns;
}

/** Deltas in pages that may be under way at once; who asks on for an older one has to begin again. */
const FROZEN_MAX = 4;

/**
 * Makes deltas. One that takes several pages is kept as it was at its first page, since the shard goes
 * on changing while they are fetched: a copy must be exactly what its owner had at the copy's seq, or
 * true copies of later moments would not fit onto it, and two holders of one seq would differ.
 */
export class DeltaMaker {
  readonly #frozen: FrozenDelta[] = [];

  /**
   * What is newer in a shard than in the asker's copy, as one page of at most `bytesMax` bytes (but one
   * row at least, however long). Layout rows go first, cells after all rows are sent.
   */
  make(source: DeltaSource, base: DeltaBase, bytesMax: number): SizedDelta {
    return this.#make(source, base, bytesMax, true);
  }

  /**
   * The same for who can't be asked for a second page: null where it takes one. Nothing is kept, so that
   * what is offered and not taken never displaces a delta that a peer is fetching.
   */
  whole(source: DeltaSource, base: DeltaBase, bytesMax: number): SizedDelta | null {
    const made = this.#make(source, base, bytesMax, false);
    return made.delta.next === null ? made : null;
  }

  #make(
    source: DeltaSource,
    base: DeltaBase,
    bytesMax: number,
    isContinued: boolean,
  ): SizedDelta {
    const { shard, identity, departure, ageMs } = source;
    const { sinceSeq } = base;
    const frozen = base.resume === null ? undefined : this.#find(shard, sinceSeq, base.resume.seq);
    const resume = frozen === undefined ? null : base.resume;
    const { seq, revision } = frozen ?? { seq: shard.seq, revision: shard.revision };
    // A copy that knows more of the layout than this shard has is of another owner: start over.
    const layoutFrom = Math.min(base.revision, revision);
    const headBytes = DELTA_NUMBERS_BYTES + stringsBytes(Object.values(identity));
    const rows = rowsFrom(shard.layout, layoutFrom, revision, bytesMax - headBytes);
    const { additions } = rows;
    const bytes = headBytes + rows.bytes;
    const cellBytes = bytesMax - bytes;
    const isCut = layoutFrom + additions.length < revision;
    const common = { identity, departure, seq, sinceSeq, ageMs, layoutFrom, additions };
    const cells = frozen?.cells ?? changedCells(shard, sinceSeq);
    const first = resume?.cell ?? 0;
    if (isCut || (additions.length > 0 && cellBytes < CELLS_BYTES_MIN)) {
      if (frozen === undefined && isContinued) {
        this.#freeze({ shard, sinceSeq, seq, revision, cells });
      }
      return {
        delta: { ...common, cells: new CellRuns(), next: { seq, cell: first } },
        bytesMax: bytes,
      };
    }
    const page = cells.from(first, Math.max(PAGE_CELLS, Math.floor(cellBytes / CELL_BYTES)));
    if (page.nextCell !== null && frozen === undefined && isContinued) {
      this.#freeze({ shard, sinceSeq, seq, revision, cells });
    }
    const next = page.nextCell === null ? null : { seq, cell: page.nextCell };
    return {
      delta: { ...common, cells: page.cells, next },
      bytesMax: bytes + page.cells.cellCount * CELL_BYTES,
    };
  }

  #find(shard: PublishedShard, sinceSeq: number, seq: number): FrozenDelta | undefined {
    return this.#frozen.find((frozen) =>
      frozen.shard === shard && frozen.sinceSeq === sinceSeq && frozen.seq === seq
    );
  }

  #freeze(delta: FrozenDelta): void {
    if (this.#find(delta.shard, delta.sinceSeq, delta.seq) !== undefined) return;
    if (this.#frozen.length >= FROZEN_MAX) this.#frozen.shift();
    this.#frozen.push(delta);
  }
}

interface SizedRows {
  readonly additions: LayoutAdditions;
  readonly bytes: number;
}

function rowsFrom(layout: Layout, from: number, end: number, bytesMax: number): SizedRows {
  const additions = new LayoutAdditions();
  let bytes = 0;
  for (const addition of layoutAdditions(layout, from, end)) {
    const rowBytes = ROW_NUMBERS_BYTES + contentBytes(addition);
    if (additions.length > 0 && bytes + rowBytes > bytesMax) break;
    additions.push(addition);
    bytes += rowBytes;
  }
  return { additions, bytes };
}

function contentBytes(addition: LayoutAddition): number {
  if (addition.kind === "series") return stringsBytes(addition.labelValues);
  if (addition.kind !== "family") return 0;
  const { name, help, unit, labelNames, bounds, quantiles = [] } = addition.family;
  return stringsBytes([name, help, unit, ...labelNames]) + 8 * (bounds.length + quantiles.length);
}

function stringsBytes(values: readonly unknown[]): number {
  let bytes = 0;
  for (const value of values) {
    if (typeof value === "string") bytes += STRING_HEAD_BYTES + UNIT_BYTES * value.length;
  }
  return bytes;
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
  const additions = new LayoutAdditions();
  const cells = new CellRuns();
  for (const page of pages) {
    if (page.seq !== first.seq || page.sinceSeq !== first.sinceSeq) return undefined;
    if (page.layoutFrom !== first.layoutFrom + additions.length) return undefined;
    for (const addition of page.additions) additions.push(addition);
    cells.append(page.cells);
  }
  return { ...first, additions, cells, next: null };
}

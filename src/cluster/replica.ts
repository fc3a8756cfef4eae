import { Cells, indexOf, PAGE_CELLS, pageOf } from "../metrics/cells.ts";
import { Layout } from "../metrics/layout.ts";
import { PageStamps } from "../metrics/page_stamps.ts";
import type { PublishedShard } from "../metrics/shard.ts";
import type { Identity } from "./identity.ts";
import { CellKinds } from "./cell_kinds.ts";
import { appendAdditions } from "./layout_rows.ts";
import {
  type AdditionsVerdict,
  checkAdditions,
  GROWING,
  type KindChanges,
} from "./layout_check.ts";
import type { ShardDelta } from "./wire/message.ts";
import type { CellRuns } from "./wire/cell_runs.ts";

/** The largest seq: stamps are kept in 32 bits, which last 136 years at a round a second. */
export const SEQ_MAX: number = 2 ** 32 - 1;

/**
 * Whether a delta fits onto a copy.
 *
 * - `fits`: it can be applied.
 * - `stale`: the copy is as new already.
 * - `gap`: the delta builds on something newer than the copy: ask again from what the copy has.
 * - `falls`: a cell that only grows would fall; the old copy is kept.
 * - `invalid`: no right sender would have sent it.
 */
export type DeltaVerdict =
  | { readonly kind: "fits"; readonly changes: KindChanges }
  | { readonly kind: "stale" }
  | { readonly kind: "gap" }
  | { readonly kind: "falls"; readonly reason: string }
  | { readonly kind: "invalid"; readonly reason: string };

/** What cells hold that are not there yet. */
const NO_PAGE = new Float64Array(PAGE_CELLS);
/** Fewer neighbouring cells than this are written one by one: a view of them would cost more. */
const COPIED_CELLS_MIN = 24;

/** What was found of a delta's rows, and for which copy: a message is looked at twice. */
interface CheckedRows {
  readonly layout: Layout;
  readonly revision: number;
  readonly cellsMax: number;
  readonly verdict: AdditionsVerdict;
}

const checkedRows = new WeakMap<ShardDelta, CheckedRows>();

/** Another incarnation's shard as this node last saw it. */
export class Replica implements PublishedShard {
  readonly identity: Identity;
  readonly layout: Layout = new Layout();
  readonly #cells = new Cells();
  readonly #cellsMax: number;
  #stamps: PageStamps[] | null = [];
  /** Null while they are not needed: they follow from the layout. */
  #kinds: CellKinds | null = new CellKinds();
  #seq = 0;
  #freshAtMs = -Infinity;

  constructor(identity: Identity, cellsMax: number) {
    this.identity = identity;
    this.#cellsMax = cellsMax;
  }

  get seq(): number {
    return this.#seq;
  }

  get revision(): number {
    return this.layout.revision;
  }

  get pages(): readonly Float64Array[] {
    return this.#cells.pages;
  }

  get stamps(): readonly PageStamps[] | null {
    return this.#stamps;
  }

  get cellCount(): number {
    return this.#cells.length;
  }

  /** When the copy was as new as its owner at the least; -Infinity for an empty copy. */
  get freshAtMs(): number {
    return this.#freshAtMs;
  }

  /** Bytes that the copy takes, label values apart, which copies have in common. */
  get bytes(): number {
    const perCell = 8 + (this.#kinds === null ? 0 : 1);
    const stamps = (this.#stamps ?? []).reduce((sum, { byteLength }) => sum + byteLength, 0);
    return this.#cells.pages.length * PAGE_CELLS * perCell + stamps + this.layout.bytes;
  }

  /** Looks whether a delta fits, and changes nothing. */
  check(delta: ShardDelta): DeltaVerdict {
    const checked = this.#checkRows(delta);
    if (checked.kind !== "valid") return checked;
    return this.#firstFallOf(delta.cells, checked.changes) ??
      { kind: "fits", changes: checked.changes };
  }

  /** Why no right sender would have sent a delta, or null: all of {@linkcode check} but the values. */
  problemOf(delta: ShardDelta): string | null {
    const checked = this.#checkRows(delta);
    return checked.kind === "invalid" ? checked.reason : null;
  }

  /**
   * Applies a delta that {@linkcode Replica.check} found to fit. Its age is counted from `sentAtMs`, a
   * time at which it can't have been on its way yet.
   */
  apply(delta: ShardDelta, changes: KindChanges, sentAtMs: number): void {
    const known = this.#cells.length;
    appendAdditions(this.layout, delta.additions, this.#knownRows(delta));
    this.#cells.extendTo(this.layout.cellsEnd);
    const stamps = this.#stamps;
    while (stamps !== null && stamps.length < this.#cells.pages.length) {
      stamps.push(new PageStamps());
    }
    this.#kinds?.change(known, changes);
    this.#write(delta.cells, delta.seq);
    this.#seq = delta.seq;
    // What is newer can't be older, however little is known of its way here.
    this.#freshAtMs = Math.max(this.#freshAtMs, sentAtMs - delta.ageMs);
  }

  /** The copy grew older by time that this node's clock did not count: the process stood still. */
  grewOlder(ms: number): void {
    this.#freshAtMs -= ms;
  }

  /** Drops what only matters while the owner lives: when cells changed, and what they may do. */
  retire(): void {
    this.#stamps = null;
    this.#kinds = null;
  }

  #checkRows(delta: ShardDelta): AdditionsVerdict | Exclude<DeltaVerdict, { kind: "fits" }> {
    if (delta.seq > SEQ_MAX) {
      return { kind: "invalid", reason: `seq must be at most ${SEQ_MAX}: received ${delta.seq}` };
    }
    if (delta.seq <= this.#seq) return { kind: "stale" };
    if (delta.sinceSeq > this.#seq || delta.layoutFrom > this.layout.revision) {
      return { kind: "gap" };
    }
    const checked = this.#checkAdditions(delta);
    if (checked.kind === "invalid") return checked;
    const cellCount = this.#cells.length + checked.changes.added.length;
    if (delta.cells.end <= cellCount) return checked;
    const reason = `a cell's number must be below ${cellCount}: received ${delta.cells.end - 1}`;
    return { kind: "invalid", reason };
  }

  #checkAdditions(delta: ShardDelta): AdditionsVerdict {
    const { layout } = this;
    const { revision } = layout;
    const cellsMax = this.#cellsMax;
    const known = checkedRows.get(delta);
    // One copy without any rows is like another.
    const isSame = known !== undefined && known.revision === revision &&
      (known.layout === layout || revision === 0) && known.cellsMax === cellsMax;
    if (isSame) return known.verdict;
    const { additions } = delta;
    const skipped = this.#knownRows(delta);
    const verdict = checkAdditions(layout, this.#cells.length, additions, cellsMax, skipped);
    if (additions.length > skipped) checkedRows.set(delta, { layout, revision, cellsMax, verdict });
    return verdict;
  }

  /** How many of a delta's rows this copy has. */
  #knownRows({ layoutFrom }: ShardDelta): number {
    return this.layout.revision - layoutFrom;
  }

  /** Where a cell that must only grow would fall; null if none would. */
  #firstFallOf(runs: CellRuns, changes: KindChanges): DeltaVerdict | null {
    const { values, runCount } = runs;
    const { pages } = this.#cells;
    for (let run = 0, at = 0; run < runCount; run++) {
      let cell = runs.firstOf(run);
      const end = cell + runs.lengthOf(run);
      while (cell < end) {
        const start = indexOf(cell);
        const count = Math.min(end - cell, PAGE_CELLS - start);
        const page = pages[pageOf(cell)] ?? NO_PAGE;
        for (let i = 0; i < count; i++) {
          if (values[at + i]! >= page[start + i]! || !this.#mustGrow(cell + i, changes)) continue;
          const reason = `cell ${cell + i} fell from ${page[start + i]} to ${values[at + i]}`;
          return { kind: "falls", reason };
        }
        cell += count;
        at += count;
      }
    }
    return null;
  }

  #mustGrow(cell: number, changes: KindChanges): boolean {
    const known = this.#cells.length;
    if (cell >= known) return changes.added[cell - known] === GROWING;
    this.#kinds ??= CellKinds.of(this.layout);
    return this.#kinds.isGrowing(cell) && !changes.toState.includes(cell);
  }

  #write(runs: CellRuns, seq: number): void {
    const { values, runCount } = runs;
    const { pages } = this.#cells;
    const allStamps = this.#stamps;
    for (let run = 0, at = 0; run < runCount; run++) {
      let cell = runs.firstOf(run);
      const end = cell + runs.lengthOf(run);
      while (cell < end) {
        const start = indexOf(cell);
        const count = Math.min(end - cell, PAGE_CELLS - start);
        const page = pages[pageOf(cell)]!;
        if (count < COPIED_CELLS_MIN) {
          for (let i = 0; i < count; i++) page[start + i] = values[at + i]!;
        } else page.set(values.subarray(at, at + count), start);
        if (allStamps !== null) allStamps[pageOf(cell)]!.stamp(seq, start, start + count);
        cell += count;
        at += count;
      }
    }
  }
}

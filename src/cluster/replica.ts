import { Cells, indexOf, PAGE_CELLS, pageOf } from "../metrics/cells.ts";
import { Layout } from "../metrics/layout.ts";
import type { Shard } from "../metrics/shard.ts";
import type { Identity } from "./identity.ts";
import { checkAdditions, GROWING, type KindChanges, STATE } from "./layout_check.ts";
import type { LayoutAddition, ShardDelta } from "./wire/message.ts";
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

const NO_STAMPS = new Uint32Array(0);

/** Another incarnation's shard as this node last saw it. */
export class Replica implements Shard {
  readonly identity: Identity;
  readonly layout: Layout = new Layout();
  readonly #cells = new Cells();
  readonly #cellsMax: number;
  #stamps: Uint32Array[] | null = [];
  readonly #kinds: Uint8Array[] = [];
  #seq = 0;
  #freshAtMs = -Infinity;

  constructor(identity: Identity, cellsMax: number) {
    this.identity = identity;
    this.#cellsMax = cellsMax;
  }

  get seq(): number {
    return this.#seq;
  }

  get pages(): readonly Float64Array[] {
    return this.#cells.pages;
  }

  get stamps(): readonly Uint32Array[] | null {
    return this.#stamps;
  }

  get cellCount(): number {
    return this.#cells.length;
  }

  /** When the copy was as new as its owner, by this node's clock; -Infinity for an empty copy. */
  get freshAtMs(): number {
    return this.#freshAtMs;
  }

  /** Bytes that the copy's cells take. */
  get bytes(): number {
    const perCell = 8 + (this.#stamps === null ? 0 : 4) + 1;
    return this.#cells.pages.length * PAGE_CELLS * perCell;
  }

  /** Looks whether a delta fits, and changes nothing. */
  check(delta: ShardDelta): DeltaVerdict {
    if (delta.seq > SEQ_MAX) {
      return { kind: "invalid", reason: `seq must be at most ${SEQ_MAX}: received ${delta.seq}` };
    }
    if (delta.seq <= this.#seq) return { kind: "stale" };
    if (delta.sinceSeq > this.#seq || delta.layoutFrom > this.layout.revision) {
      return { kind: "gap" };
    }
    const additions = this.#newAdditions(delta);
    const checked = checkAdditions(this.layout, this.#cells.length, additions, this.#cellsMax);
    if (checked.kind === "invalid") return checked;
    return this.#checkCells(delta.cells, checked.changes);
  }

  /** Applies a delta that {@linkcode Replica.check} found to fit, and keeps when it was fresh. */
  apply(delta: ShardDelta, changes: KindChanges, nowMs: number): void {
    const known = this.#cells.length;
    for (const addition of this.#newAdditions(delta)) this.#append(addition);
    while (this.#kinds.length < this.#cells.pages.length) {
      this.#kinds.push(new Uint8Array(PAGE_CELLS));
      this.#stamps?.push(new Uint32Array(PAGE_CELLS));
    }
    changes.added.forEach((kind, i) => this.#setKind(known + i, kind));
    for (const cell of changes.toState) this.#setKind(cell, STATE);
    this.#write(delta.cells, delta.seq);
    this.#seq = delta.seq;
    this.#freshAtMs = nowMs - delta.ageMs;
  }

  /** Forgets when cells changed, which only matters while the owner lives. */
  dropStamps(): void {
    this.#stamps = null;
  }

  #newAdditions(delta: ShardDelta): readonly LayoutAddition[] {
    return delta.additions.slice(this.layout.revision - delta.layoutFrom);
  }

  #append(addition: LayoutAddition): void {
    const { layout } = this;
    switch (addition.kind) {
      case "family":
        layout.addFamily(addition.family);
        return;
      case "series":
        layout.addSeries(addition.family, addition.labelValues, addition.firstCell);
        this.#cells.extendTo(layout.cellsEnd);
        return;
      case "bin":
        layout.addBin(addition.series, addition, addition.cell);
        this.#cells.extendTo(layout.cellsEnd);
        return;
      case "created":
        layout.addCreated(addition.atMs);
        return;
      case "hide":
        layout.hide(addition.series);
        return;
      case "show":
        layout.show(addition.series);
        return;
      case "sum_is_state":
        layout.setSumIsState(addition.series);
    }
  }

  #setKind(cell: number, kind: number): void {
    this.#kinds[pageOf(cell)]![indexOf(cell)] = kind;
  }

  #checkCells(runs: CellRuns, changes: KindChanges): DeltaVerdict {
    const known = this.#cells.length;
    const cellCount = known + changes.added.length;
    if (runs.end > cellCount) {
      const reason = `a cell's number must be below ${cellCount}: received ${runs.end - 1}`;
      return { kind: "invalid", reason };
    }
    const values = runs.values;
    for (let run = 0, at = 0; run < runs.runCount; run++) {
      const end = runs.firstOf(run) + runs.lengthOf(run);
      for (let cell = runs.firstOf(run); cell < end;) {
        const count = Math.min(end - cell, PAGE_CELLS - indexOf(cell));
        const fallen = this.#firstFall(cell, values, at, count, changes);
        if (fallen >= 0) {
          const before = this.#cells.get(fallen);
          const value = values[at + fallen - cell];
          return { kind: "falls", reason: `cell ${fallen} fell from ${before} to ${value}` };
        }
        cell += count;
        at += count;
      }
    }
    return { kind: "fits", changes };
  }

  /** The first of `count` neighbouring cells of one page that must only grow and would fall, or -1. */
  #firstFall(
    first: number,
    values: Float64Array,
    from: number,
    count: number,
    changes: KindChanges,
  ): number {
    const known = this.#cells.length;
    const page = this.#cells.pages[pageOf(first)];
    const start = indexOf(first);
    for (let i = 0; i < count; i++) {
      const before = page === undefined ? 0 : page[start + i]!;
      if (values[from + i]! >= before) continue;
      const cell = first + i;
      const kind = cell < known
        ? this.#kinds[pageOf(cell)]![indexOf(cell)]
        : changes.added[cell - known];
      if (kind === GROWING && !changes.toState.includes(cell)) return cell;
    }
    return -1;
  }

  #write(runs: CellRuns, seq: number): void {
    const values = runs.values;
    for (let run = 0, at = 0; run < runs.runCount; run++) {
      const end = runs.firstOf(run) + runs.lengthOf(run);
      for (let cell = runs.firstOf(run); cell < end;) {
        const start = indexOf(cell);
        const count = Math.min(end - cell, PAGE_CELLS - start);
        const page = this.#cells.pages[pageOf(cell)]!;
        const stamps = this.#stamps?.[pageOf(cell)] ?? NO_STAMPS;
        for (let i = 0; i < count; i++) {
          page[start + i] = values[at + i]!;
          // A write beyond the end is dropped, so a copy without stamps needs no other loop.
          stamps[start + i] = seq;
        }
        cell += count;
        at += count;
      }
    }
  }
}

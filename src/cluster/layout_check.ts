import { indexOf, PAGE_CELLS } from "../metrics/cells.ts";
import { BIN_INDEX_MAX } from "../metrics/bin.ts";
import {
  areBinsGrowing,
  cellsPerSeries,
  type FamilyDef,
  hasBins,
  hasSum,
  isGrowing,
  mergesAsItsType,
} from "../metrics/family.ts";
import type { Layout, PlacedBin } from "../metrics/layout.ts";
import { definitionProblem, OVERFLOW_LABEL } from "../metrics/names.ts";
import type { LayoutAdditions, OtherAddition } from "./wire/layout_additions.ts";

/** Rows of a layout, void ones among them, so that their number has 32 bits. */
const ROWS_MAX = 2 ** 31;

/** A cell that may go both ways, or belongs to no series. */
export const STATE = 0;
/** A cell that only grows. */
export const GROWING = 1;

/** What rows do to the kinds of cells. */
export interface KindChanges {
  /** The kinds of the cells that the rows add, from the first one after those known before. */
  readonly added: Uint8Array;
  /** Known cells that turn from growing to state. */
  readonly toState: readonly number[];
}

/** Whether rows can be appended to a layout. */
export type AdditionsVerdict =
  | { readonly kind: "valid"; readonly changes: KindChanges }
  | { readonly kind: "invalid"; readonly reason: string };

/**
 * Looks whether rows, without the first `skipped` ones, can be appended to a layout whose cells end at
 * `cellCount`, and changes nothing. Rows come from other processes, so nothing about them is taken on
 * trust.
 */
export function checkAdditions(
  layout: Layout,
  cellCount: number,
  additions: LayoutAdditions,
  cellsMax: number,
  skipped: number = 0,
): AdditionsVerdict {
  const check = new AdditionsCheck(layout, cellCount, additions, cellsMax);
  for (const run of additions.runs(skipped)) {
    const reason = run.kind === "series" ? check.addSeries(run.first, run.end) : check.add(run);
    if (reason !== null) return { kind: "invalid", reason };
  }
  return { kind: "valid", changes: check.changes() };
}

/** What the series of a family have in common. */
interface SeriesShape {
  readonly family: FamilyDef;
  readonly cellCount: number;
  readonly labelCount: number;
  readonly isGrowing: boolean;
}

class AdditionsCheck {
  readonly #layout: Layout;
  readonly #cellsBefore: number;
  readonly #cellsMax: number;
  readonly #newFamilies: FamilyDef[] = [];
  readonly #additions: LayoutAdditions;
  /** The new series: from one number among those of the rows to before another. */
  #newFrom = 0;
  #newEnd = 0;
  /** First cells and ends of new cells that only grow, in turn. */
  readonly #growingRuns: number[] = [];
  /** By the number of their family. */
  readonly #shapes: SeriesShape[] = [];
  readonly #growingBins: number[] = [];
  readonly #stateSums = new Set<number>();
  #voidRows = 0;
  #cellsEnd: number;

  constructor(
    layout: Layout,
    cellCount: number,
    additions: LayoutAdditions,
    cellsMax: number,
  ) {
    this.#additions = additions;
    this.#layout = layout;
    this.#cellsBefore = cellCount;
    this.#cellsEnd = cellCount;
    this.#cellsMax = cellsMax;
  }

  /** What is wrong with rows that add series, or null. */
  addSeries(first: number, end: number): string | null {
    const { series } = this.#additions;
    if (this.#newEnd === 0) this.#newFrom = first;
    for (let i = first; i < end; i++) {
      const labelCount = series.labelCountOf(i);
      const problem = this.#addSeries(series.familyOf(i), labelCount, series.firstCellOf(i));
      if (problem !== null) return problem;
    }
    this.#newEnd = end;
    return null;
  }

  /** What is wrong with a row of another kind, or null. */
  add(addition: OtherAddition): string | null {
    switch (addition.kind) {
      case "family":
        this.#newFamilies.push(addition.family);
        return familyProblem(addition.family);
      case "bin":
        return this.#addBin(addition);
      case "sum_is_state":
        return this.#addStateSum(addition.series);
      case "hide":
      case "show":
        return this.#turnProblem(addition.series);
      case "void":
        return this.#voidProblem(addition.rows);
      case "created":
        return null;
    }
  }

  changes(): KindChanges {
    const added = new Uint8Array(this.#cellsEnd - this.#cellsBefore);
    const runs = this.#growingRuns;
    for (let i = 0; i < runs.length; i += 2) {
      added.fill(GROWING, runs[i]! - this.#cellsBefore, runs[i + 1]! - this.#cellsBefore);
    }
    for (const cell of this.#growingBins) added[cell - this.#cellsBefore] = GROWING;
    const toState: number[] = [];
    for (const cell of this.#stateSums) {
      if (cell < this.#cellsBefore) toState.push(cell);
      else added[cell - this.#cellsBefore] = STATE;
    }
    return { added, toState };
  }

  #family(number: number): FamilyDef | undefined {
    const known = this.#layout.families;
    return known[number] ?? this.#newFamilies[number - known.length];
  }

  #addSeries(number: number, labelCount: number, firstCell: number): string | null {
    const shape = this.#shapes[number] ?? this.#shapeOf(number);
    if (shape === undefined) return `a series' family must be known: received number ${number}`;
    const { family, cellCount } = shape;
    if (labelCount !== shape.labelCount) {
      return `a series of "${family.name}" must have ${shape.labelCount} label values: ` +
        `received ${labelCount}`;
    }
    const problem = this.#takeCells(firstCell, cellCount);
    if (shape.isGrowing) {
      const runs = this.#growingRuns;
      const last = runs.length - 1;
      if (last > 0 && runs[last] === firstCell) runs[last] = firstCell + cellCount;
      else runs.push(firstCell, firstCell + cellCount);
    }
    return problem;
  }

  #shapeOf(number: number): SeriesShape | undefined {
    const family = this.#family(number);
    if (family === undefined) return undefined;
    const shape = {
      family,
      cellCount: cellsPerSeries(family),
      labelCount: family.labelNames.length,
      isGrowing: isGrowing(family),
    };
    this.#shapes[number] = shape;
    return shape;
  }

  #takeCells(first: number, count: number): string | null {
    if (first < this.#cellsEnd || first > this.#cellsEnd + PAGE_CELLS) {
      return `a series' cells must follow the ones before: received ${first} after ` +
        `${this.#cellsEnd}`;
    }
    if (indexOf(first) + count > PAGE_CELLS) {
      return `a series' cells must be in one page: received ${count} from ${first} on`;
    }
    if (first + count > this.#cellsMax) {
      return `a shard must have at most ${this.#cellsMax} cells: received ${first + count}`;
    }
    this.#cellsEnd = first + count;
    return null;
  }

  #series(number: number): { readonly family: FamilyDef; readonly firstCell: number } | undefined {
    const layout = this.#layout;
    if (number >= layout.seriesCount) {
      const { series } = this.#additions;
      const place = this.#newFrom + number - layout.seriesCount;
      if (place >= this.#newEnd) return undefined;
      return {
        family: this.#family(series.familyOf(place))!,
        firstCell: series.firstCellOf(place),
      };
    }
    const family = layout.families[layout.familyOf(number)]!;
    return { family, firstCell: layout.firstCellOf(number) };
  }

  #addBin({ series, sign, index, cell }: PlacedBin): string | null {
    const family = this.#series(series)?.family;
    if (family === undefined || !hasBins(family)) {
      return `a bin must be of a native histogram or summary: received series ${series}`;
    }
    if (Math.abs(index) > BIN_INDEX_MAX || (sign === 0 && index !== 0)) {
      return `a bin's index must be one that values have: received ${index}`;
    }
    const problem = this.#takeCells(cell, 1);
    if (problem === null && areBinsGrowing(family)) this.#growingBins.push(cell);
    return problem;
  }

  #turnProblem(series: number): string | null {
    if (this.#series(series) !== undefined) return null;
    return `a series must be known to be hidden or shown: received series ${series}`;
  }

  #voidProblem(rows: number): string | null {
    this.#voidRows += rows;
    const { revision } = this.#layout;
    if (rows > 0 && revision + this.#voidRows <= ROWS_MAX) return null;
    return `void rows must be at least 1, and rows at most ${ROWS_MAX}: received ${rows} void ones ` +
      `after ${revision}`;
  }

  #addStateSum(number: number): string | null {
    const series = this.#series(number);
    if (series === undefined || !hasSum(series.family)) {
      return `a sum can be state where there is one: received series ${number}`;
    }
    this.#stateSums.add(series.firstCell + cellsPerSeries(series.family) - 1);
    return null;
  }
}

function familyProblem(family: FamilyDef): string | null {
  if (!mergesAsItsType(family)) {
    return `"${family.name}" must merge as its type does: received ${family.type}, ${family.merge}`;
  }
  const [label, ...rest] = family.labelNames;
  // The overflow series is the one that may carry the label that users must not.
  const labelNames = label === OVERFLOW_LABEL ? rest : family.labelNames;
  const problem = definitionProblem({ ...family, labelNames });
  return problem === null ? null : `a family's ${problem}`;
}

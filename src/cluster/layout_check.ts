import { indexOf, PAGE_CELLS } from "../metrics/cells.ts";
import { cellsPerSeries, type FamilyDef, isGrowing } from "../metrics/family.ts";
import type { Layout } from "../metrics/layout.ts";
import { definitionProblem, OVERFLOW_LABEL } from "../metrics/names.ts";
import type { LayoutAddition } from "./wire/message.ts";

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
 * Looks whether rows can be appended to a layout whose cells end at `cellCount`, and changes nothing.
 * Rows come from other processes, so nothing about them is taken on trust.
 */
export function checkAdditions(
  layout: Layout,
  cellCount: number,
  additions: readonly LayoutAddition[],
  cellsMax: number,
): AdditionsVerdict {
  const check = new AdditionsCheck(layout, cellCount, cellsMax);
  for (const addition of additions) {
    const reason = check.add(addition);
    if (reason !== null) return { kind: "invalid", reason };
  }
  return { kind: "valid", changes: check.changes() };
}

class AdditionsCheck {
  readonly #layout: Layout;
  readonly #cellsBefore: number;
  readonly #cellsMax: number;
  readonly #newFamilies: FamilyDef[] = [];
  readonly #newSeries: { readonly family: FamilyDef; readonly firstCell: number }[] = [];
  readonly #stateSums = new Set<number>();
  #cellsEnd: number;

  constructor(layout: Layout, cellCount: number, cellsMax: number) {
    this.#layout = layout;
    this.#cellsBefore = cellCount;
    this.#cellsEnd = cellCount;
    this.#cellsMax = cellsMax;
  }

  /** What is wrong with a row, or null. */
  add(addition: LayoutAddition): string | null {
    switch (addition.kind) {
      case "family":
        this.#newFamilies.push(addition.family);
        return familyProblem(addition.family);
      case "series":
        return this.#addSeries(addition.family, addition.labelValues, addition.firstCell);
      case "sum_is_state":
        return this.#addStateSum(addition.series);
    }
  }

  changes(): KindChanges {
    const added = new Uint8Array(this.#cellsEnd - this.#cellsBefore);
    for (const { family, firstCell } of this.#newSeries) {
      if (!isGrowing(family)) continue;
      const at = firstCell - this.#cellsBefore;
      added.fill(GROWING, at, at + cellsPerSeries(family));
    }
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

  #addSeries(number: number, labelValues: readonly string[], firstCell: number): string | null {
    const family = this.#family(number);
    if (family === undefined) return `a series' family must be known: received number ${number}`;
    if (labelValues.length !== family.labelNames.length) {
      return `a series of "${family.name}" must have ${family.labelNames.length} label values: ` +
        `received ${labelValues.length}`;
    }
    const count = cellsPerSeries(family);
    if (firstCell < this.#cellsEnd || firstCell > this.#cellsEnd + PAGE_CELLS) {
      return `a series' cells must follow the ones before: received ${firstCell} after ` +
        `${this.#cellsEnd}`;
    }
    if (indexOf(firstCell) + count > PAGE_CELLS) {
      return `a series' cells must be in one page: received ${count} from ${firstCell} on`;
    }
    if (firstCell + count > this.#cellsMax) {
      return `a shard must have at most ${this.#cellsMax} cells: received ${firstCell + count}`;
    }
    this.#newSeries.push({ family, firstCell });
    this.#cellsEnd = firstCell + count;
    return null;
  }

  #addStateSum(series: number): string | null {
    const known = this.#layout.seriesCount;
    const added = this.#newSeries[series - known];
    const family = series < known
      ? this.#layout.families[this.#layout.familyOf(series)]
      : added?.family;
    if (family?.type !== "histogram") {
      return `a sum can be state in a histogram only: received series ${series}`;
    }
    const firstCell = series < known ? this.#layout.firstCellOf(series) : added!.firstCell;
    this.#stateSums.add(firstCell + cellsPerSeries(family) - 1);
    return null;
  }
}

function familyProblem(family: FamilyDef): string | null {
  if ((family.type === "gauge") === (family.merge === "add")) {
    return `"${family.name}" must merge as its type does: received ${family.type}, ${family.merge}`;
  }
  const [label, ...rest] = family.labelNames;
  // The overflow series is the one that may carry the label that users must not.
  const isOverflow = label === OVERFLOW_LABEL && rest.length === 0;
  const problem = definitionProblem(isOverflow ? { ...family, labelNames: [] } : family);
  return problem === null ? null : `a family's ${problem}`;
}

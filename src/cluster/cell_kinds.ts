import { extendPages, indexOf, PAGE_CELLS, pageOf } from "../metrics/cells.ts";
import { Layout } from "../metrics/layout.ts";
import { layoutAdditions } from "./layout_rows.ts";
import { checkAdditions, GROWING, type KindChanges, STATE } from "./layout_check.ts";
import { LayoutAdditions } from "./wire/layout_additions.ts";

/** Which cells of a copy only grow. */
export class CellKinds {
  readonly #pages: Uint8Array[] = [];

  /** The kinds that follow from a layout. */
  static of(layout: Layout): CellKinds {
    const rows = LayoutAdditions.of(layoutAdditions(layout, 0, layout.revision));
    const verdict = checkAdditions(new Layout(), 0, rows, Infinity);
    if (verdict.kind === "invalid") throw new TypeError(`BUG: a kept layout: ${verdict.reason}`);
    const kinds = new CellKinds();
    kinds.change(0, verdict.changes);
    return kinds;
  }

  /** Whether a cell that there is must only grow. */
  isGrowing(cell: number): boolean {
    return this.#pages[pageOf(cell)]![indexOf(cell)] === GROWING;
  }

  /** Takes in what new rows do to a copy that had `known` cells. */
  change(known: number, { added, toState }: KindChanges): void {
    extendPages(this.#pages, Uint8Array, Math.ceil((known + added.length) / PAGE_CELLS));
    for (let at = 0; at < added.length;) {
      const start = indexOf(known + at);
      const end = Math.min(added.length, at + PAGE_CELLS - start);
      this.#pages[pageOf(known + at)]!.set(added.subarray(at, end), start);
      at = end;
    }
    for (const cell of toState) this.#pages[pageOf(cell)]![indexOf(cell)] = STATE;
  }
}

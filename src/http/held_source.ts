import type { ExemplarSource, RenderSource } from "../exposition/render_source.ts";
import { PAGE_CELLS } from "../metrics/cells.ts";
import type { Layout } from "../metrics/layout.ts";

/** What changes while a long body is being sent. */
export interface ChangingSource {
  readonly layout: Layout;
  readonly pages: readonly Float64Array[];
  readonly shown?: Uint8Array;
  readonly exemplars?: ExemplarSource;
}

/**
 * The source as it is at this moment. Its cells are copied, 8 MB for a million, while a body may take
 * seconds to be sent and be a hundred. Exemplars are not: a newer one is as good.
 */
export function heldSource({ layout, pages, shown, exemplars }: ChangingSource): RenderSource {
  const cells = new Float64Array(pages.length * PAGE_CELLS);
  pages.forEach((page, i) => cells.set(page, i * PAGE_CELLS));
  return {
    layout,
    pages: pages.map((_, i) => cells.subarray(i * PAGE_CELLS, (i + 1) * PAGE_CELLS)),
    shown: shown === undefined ? shownBy(layout) : shown.slice(),
    ...(exemplars === undefined ? {} : { exemplars }),
  };
}

function shownBy(layout: Layout): Uint8Array {
  const shown = new Uint8Array(layout.seriesCount).fill(1);
  for (const series of layout.hidden) shown[series] = 0;
  return shown;
}

import type { ExemplarSource, RenderSource } from "../exposition/render_source.ts";
import { PAGE_CELLS } from "../metrics/cells.ts";
import type { Layout } from "../metrics/layout.ts";
import type { Pacer } from "./pacer.ts";

/** Pages that are copied at a time: 2 MB. */
const SLICE_PAGES = 256;
/** Times that a copy which was overtaken begins anew; the next one is made in one go. */
const RETRIES_MAX = 3;

/** What changes while a long body is being sent. */
export interface ChangingSource {
  /** Another number when values change. */
  readonly seq: number;
  readonly layout: Layout;
  readonly pages: readonly Float64Array[];
  readonly shown?: Uint8Array;
  readonly createdMsOf?: (series: number) => number | null;
  readonly exemplars?: ExemplarSource;
}

/**
 * The source as it is at one moment: all that is shown belongs to one seq. Its cells are copied, 8 MB
 * for a million, while a body may take seconds to be sent and be a hundred. Exemplars are not: a newer
 * one is as good.
 */
export async function heldSource(source: ChangingSource, pacer: Pacer): Promise<RenderSource> {
  for (let attempt = 0;; attempt++) {
    const { seq, layout, exemplars, createdMsOf } = source;
    const pages = [...source.pages];
    const familyCount = layout.families.length;
    const shown = source.shown?.slice() ?? shownBy(layout);
    const cells = new Float64Array(pages.length * PAGE_CELLS);
    for (let first = 0; first < pages.length && source.seq === seq; first += SLICE_PAGES) {
      const pause = attempt < RETRIES_MAX && first > 0 ? pacer.turn() : null;
      if (pause !== null) await pause;
      if (source.seq === seq) copyPages(pages, first, cells);
    }
    if (source.seq !== seq) continue;
    return {
      layout,
      familyCount,
      shown,
      pages: pages.map((_, i) => cells.subarray(i * PAGE_CELLS, (i + 1) * PAGE_CELLS)),
      ...(exemplars === undefined ? {} : { exemplars }),
      ...(createdMsOf === undefined ? {} : { createdMsOf }),
    };
  }
}

function copyPages(pages: readonly Float64Array[], first: number, cells: Float64Array): void {
  const end = Math.min(pages.length, first + SLICE_PAGES);
  for (let page = first; page < end; page++) cells.set(pages[page]!, page * PAGE_CELLS);
}

function shownBy(layout: Layout): Uint8Array {
  const shown = new Uint8Array(layout.seriesCount).fill(1);
  for (const series of layout.hidden) shown[series] = 0;
  return shown;
}

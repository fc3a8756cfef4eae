import { indexOf, PAGE_CELLS, pageOf } from "../metrics/cells.ts";
import { hasBins } from "../metrics/family.ts";
import type { Layout } from "../metrics/layout.ts";
import { ChunkWriter } from "./chunk_writer.ts";
import { sketchLines } from "./sketch_lines.ts";
import { TextFamilies } from "./text_families.ts";

/** What is rendered: a node's own shard, or what a merge made. */
export interface RenderSource {
  readonly layout: Layout;
  /** Values in pages of `PAGE_CELLS`; a page that is not there yet reads as zeros. */
  readonly pages: readonly Float64Array[];
  /** For each series 0 if it is hidden. Default: what the layout says. */
  readonly shown?: Uint8Array;
}

const NO_PAGE = new Float64Array(PAGE_CELLS);

/**
 * Renders one source, scrape after scrape, in the Prometheus text format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Keep one renderer for each source:
 * it encodes the label set of a series once, and starts over when it is given another layout.
 *
 * Families are sorted by name; those of one name, which differ in label names, share a header. A
 * family shows its header before it has any series. There are never timestamps.
 */
export class TextRenderer {
  #families: TextFamilies | null = null;

  /**
   * The exposition in chunks of about 64 KiB, so that a server can hand the event loop back between
   * them. The values of `source` must not change before the last chunk was taken, or what is shown
   * belongs to no single moment. Chunks are the caller's to keep.
   */
  *render(source: RenderSource): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const { layout, pages, shown } = source;
    if (this.#families?.layout !== layout) this.#families = new TextFamilies(layout);
    const seriesEnd = layout.seriesCount;
    const out = new ChunkWriter();
    for (const { header, families } of this.#families.upToDate()) {
      const full = out.reserve(header.length);
      if (full !== null) yield full;
      out.bytes.set(header, out.at);
      out.at += header.length;
      for (const family of families) {
        const sets = family.labelSets;
        for (let place = 0; place < sets.count; place++) {
          const series = sets.seriesAt(place);
          // A series that was added since the first chunk is not of this moment.
          if (series >= seriesEnd) break;
          if (shown === undefined ? layout.isHidden(series) : shown[series] === 0) continue;
          sets.encode(place, layout);
          const full = out.reserve(family.bytesMax(place));
          if (full !== null) yield full;
          const cell = layout.firstCellOf(series);
          if (hasBins(family.def)) {
            family.writeLines(out, place, sketchLines(family.def, source, series));
            continue;
          }
          family.write(out, place, pages[pageOf(cell)] ?? NO_PAGE, indexOf(cell));
        }
      }
    }
    const last = out.take();
    if (last !== null) yield last;
  }
}

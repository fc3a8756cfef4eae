import type { Layout } from "../metrics/layout.ts";
import { type ChunkUse, ChunkWriter, NO_BYTES } from "./chunk_writer.ts";
import { type NamedFamilies, namedFamilies } from "./document.ts";
import type { FamilyForm } from "./family_form.ts";
import { LabelCaches } from "./label_cache.ts";
import { isShown, type RenderSource } from "./render_source.ts";
import { formsOf, TEXT_0_0_4, type TextDialect } from "./text_dialect.ts";
import { TextFamilies } from "./text_families.ts";
import { textHeader } from "./text_header.ts";

export type { RenderSource } from "./render_source.ts";

const END = new TextEncoder().encode("# EOF\n");

/** What stands under one header. */
interface Section {
  readonly form: FamilyForm;
  readonly families: NamedFamilies;
}

/**
 * Renders sources, scrape after scrape, in the Prometheus text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/) or in OpenMetrics 1.0. Keep one
 * renderer: it encodes the label set of a series once.
 *
 * Families are sorted by name; those of one name, which differ in label names, share a header. A
 * family shows its header before it has any series. There are never timestamps.
 */
export class TextRenderer {
  readonly #dialect: TextDialect;
  readonly #labels: LabelCaches;
  readonly #families = new WeakMap<Layout, TextFamilies>();

  /** `labels` may be shared with renderers of other formats. */
  constructor(dialect: TextDialect = TEXT_0_0_4, labels: LabelCaches = new LabelCaches()) {
    this.#dialect = dialect;
    this.#labels = labels;
  }

  /**
   * The sources as one document, in chunks of about 64 KiB, so that a server can hand the event loop
   * back between them. Of families with the same name the last source's is shown. With `only`, just
   * the families that are registered or shown under one of these names.
   *
   * The values of the sources must not change before the last chunk was taken, or what is shown
   * belongs to no single moment. An empty chunk is but a chance to pause.
   *
   * @param use Whether chunks are the caller's to keep, or its own until it takes the next.
   */
  *render(
    rendered: RenderSource | readonly RenderSource[],
    only: ReadonlySet<string> | null = null,
    use: ChunkUse = "kept",
  ): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const sources = "layout" in rendered ? [rendered] : rendered;
    // What is added from here on is not of this moment.
    const seriesEnds = sources.map(({ layout }) => layout.seriesCount);
    const sections = this.#sections(sources, only);
    for (const { layout } of sources) while (!this.#labels.of(layout).update()) yield NO_BYTES;
    const families = sources.map(({ layout }) => this.#familiesOf(layout));
    const out = new ChunkWriter(use);
    for (const { form, families: named } of sections) {
      const header = textHeader(form, named.first.help, this.#dialect);
      const full = out.reserve(header.length);
      if (full !== null) yield full;
      out.append(header);
      const source = sources[named.sourceAt]!;
      const seriesEnd = seriesEnds[named.sourceAt]!;
      for (const number of named.numbers) {
        const lines = families[named.sourceAt]!.lines(number, form);
        const sets = lines.labelSets;
        for (let place = 0; place < sets.count; place++) {
          const series = sets.seriesAt(place);
          if (series >= seriesEnd) break;
          if (!isShown(source, series)) continue;
          sets.encode(place, source.layout);
          const full = out.reserve(lines.bytesMax(place, source, series));
          if (full !== null) yield full;
          lines.write(out, place, source, series);
        }
      }
    }
    if (this.#dialect.syntax === "openmetrics") {
      const full = out.reserve(END.length);
      if (full !== null) yield full;
      out.append(END);
    }
    const last = out.take();
    if (last !== null) yield last;
  }

  #sections(
    sources: readonly RenderSource[],
    only: ReadonlySet<string> | null,
  ): readonly Section[] {
    const all = namedFamilies(sources);
    const forms = formsOf(all.map(({ first }) => first), this.#dialect);
    const sections = all.flatMap((families) =>
      forms.get(families.name)!.map((form) => ({ form, families }))
    );
    return sections
      .filter(({ form, families }) => only === null || isNamed(form, families, only))
      .sort((a, b) => compareNames(a.form.name, b.form.name));
  }

  #familiesOf(layout: Layout): TextFamilies {
    let families = this.#families.get(layout);
    if (families === undefined) {
      families = new TextFamilies(layout, this.#dialect, this.#labels.of(layout));
      this.#families.set(layout, families);
    }
    return families;
  }
}

function isNamed(form: FamilyForm, { name }: NamedFamilies, only: ReadonlySet<string>): boolean {
  return only.has(name) || only.has(form.stem) || only.has(form.name);
}

/** Ascending, but for the target's own facts, which OpenMetrics wants first (§ Target Metadata). */
function compareNames(a: string, b: string): number {
  if (isOfTarget(a) !== isOfTarget(b)) return isOfTarget(a) ? -1 : 1;
  return a < b ? -1 : 1;
}

function isOfTarget(name: string): boolean {
  return name === "target" || name === "target_info";
}

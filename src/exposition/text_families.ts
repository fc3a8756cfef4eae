import type { FamilyDef } from "../metrics/family.ts";
import type { Layout } from "../metrics/layout.ts";
import type { FamilyForm } from "./family_form.ts";
import { formKey } from "./family_form.ts";
import type { FamilyLines, LinesOptions } from "./family_lines.ts";
import { HistogramLines } from "./histogram_lines.ts";
import type { LabelCache } from "./label_cache.ts";
import { TextLabels } from "./label_encoding.ts";
import { lineSyntax } from "./line_pieces.ts";
import { SketchLines } from "./sketch_lines.ts";
import type { TextDialect } from "./text_dialect.ts";
import { ValueLines } from "./value_lines.ts";

/** One layout's families as lines of one dialect, kept from rendering to rendering. */
export class TextFamilies {
  readonly #layout: Layout;
  readonly #dialect: TextDialect;
  readonly #labels: LabelCache;
  /** By family number and form. */
  readonly #lines = new Map<string, FamilyLines>();

  constructor(layout: Layout, dialect: TextDialect, labels: LabelCache) {
    this.#layout = layout;
    this.#dialect = dialect;
    this.#labels = labels;
  }

  /** The lines of a family, by its number, in a form. */
  lines(family: number, form: FamilyForm): FamilyLines {
    const key = `${family} ${formKey(form)}`;
    let lines = this.#lines.get(key);
    if (lines === undefined) {
      lines = this.#create(family, form);
      this.#lines.set(key, lines);
    }
    return lines;
  }

  #create(number: number, form: FamilyForm): FamilyLines {
    const family = this.#layout.families[number]!;
    const syntax = lineSyntax(form.stem, family);
    const encoding = new TextLabels(family.labelNames, this.#dialect.escaping, syntax.open);
    return createLines({
      family,
      form,
      syntax,
      labelSets: this.#labels.labelSets(number, encoding),
      hasCreated: this.#dialect.hasCreated && form.createdName !== "",
    });
  }
}

function createLines(options: LinesOptions & { readonly family: FamilyDef }): FamilyLines {
  switch (options.family.type) {
    case "histogram":
      return new HistogramLines(options);
    case "native_histogram":
    case "summary":
      return new SketchLines(options);
    default:
      return new ValueLines(options);
  }
}

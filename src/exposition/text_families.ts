import type { MetricType } from "../metrics/family.ts";
import type { Layout } from "../metrics/layout.ts";
import { ByteArena } from "./byte_arena.ts";
import { escapeHelp } from "./escape.ts";
import { LabelSets } from "./label_sets.ts";
import { TextFamily } from "./text_family.ts";

/** The families of one name under their common header. */
export interface FamilyGroup {
  readonly name: string;
  /** The HELP and TYPE lines. */
  readonly header: Uint8Array;
  readonly families: readonly TextFamily[];
}

const ENCODER = new TextEncoder();

/** A layout's families as text, in the order in which they are shown, kept up to date as it grows. */
export class TextFamilies {
  readonly layout: Layout;
  readonly #families: TextFamily[] = [];
  readonly #labels = new ByteArena();
  /** The label sets of families with the same label names. */
  readonly #siblings = new Map<string, LabelSets[]>();
  #seriesCount = 0;
  #groups: readonly FamilyGroup[] = [];

  constructor(layout: Layout) {
    this.layout = layout;
  }

  /** The groups, sorted by name, with all that the layout has by now. */
  upToDate(): readonly FamilyGroup[] {
    const { layout } = this;
    if (this.#families.length < layout.families.length) {
      for (const family of layout.families.slice(this.#families.length)) {
        this.#families.push(new TextFamily(family, this.#labelSets(family.labelNames)));
      }
      // A new array, since a rendering that is under way goes on with the old one.
      this.#groups = this.#grouped();
    }
    for (; this.#seriesCount < layout.seriesCount; this.#seriesCount++) {
      const series = this.#seriesCount;
      this.#families[layout.familyOf(series)]!.labelSets.append(series);
    }
    return this.#groups;
  }

  #labelSets(labelNames: readonly string[]): LabelSets {
    const key = labelNames.join();
    const siblings = this.#siblings.get(key) ?? [];
    const sets = new LabelSets(labelNames, this.#labels, siblings);
    siblings.push(sets);
    this.#siblings.set(key, siblings);
    return sets;
  }

  #grouped(): FamilyGroup[] {
    const groups = new Map<string, FamilyGroup & { readonly families: TextFamily[] }>();
    this.layout.families.forEach(({ name, help, type }, number) => {
      const family = this.#families[number]!;
      const group = groups.get(name);
      if (group === undefined) {
        groups.set(name, { name, header: header(name, help, type), families: [family] });
      } else {
        group.families.push(family);
      }
    });
    return [...groups.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }
}

/** What text 0.0.4 calls the types that it has no word for. */
const TEXT_TYPES: Readonly<Partial<Record<MetricType, string>>> = {
  native_histogram: "histogram",
  info: "gauge",
  state_set: "gauge",
};

function header(name: string, help: string, type: MetricType): Uint8Array {
  const helpLine = help === "" ? "" : `# HELP ${name} ${escapeHelp(help)}\n`;
  return ENCODER.encode(`${helpLine}# TYPE ${name} ${TEXT_TYPES[type] ?? type}\n`);
}

import type { ByteArena } from "./byte_arena.ts";
import { escapeLabelValue } from "./escape.ts";
import {
  type EscapingScheme,
  exposedLabelNames,
  exposedName,
  isLegacyName,
} from "./escaping_scheme.ts";

/** How the label sets of a family are written. */
export interface LabelEncoding {
  /** The same for encodings that write the same values as the same bytes. */
  readonly key: string;
  /** Appends a set to the arena and returns how many bytes it has. */
  append(arena: ByteArena, labelValues: readonly string[]): number;
}

/** What the text formats put before the first label: nothing stands before it, or a quoted name. */
export type LabelsOpen = "{" | ",";

/**
 * Labels as the text formats write them, without the closing brace so that a histogram's `le` can
 * follow: `{method="GET",route="/"`, or nothing where there are no labels.
 */
export class TextLabels implements LabelEncoding {
  readonly key: string;
  /** For each label what stands before its value. */
  readonly #heads: readonly string[];
  readonly #escapedValue: number;
  readonly #scheme: EscapingScheme;

  constructor(names: readonly string[], scheme: EscapingScheme, open: LabelsOpen) {
    this.#heads = exposedLabelNames(names, scheme).map((name, i) =>
      `${i === 0 ? open : ","}${isLegacyName(name, "label") ? name : quoted(name)}="`
    );
    this.#escapedValue = names.indexOf("__name__");
    this.#scheme = scheme;
    this.key = this.#heads.join("") + (this.#escapedValue < 0 ? "" : scheme);
  }

  append(arena: ByteArena, labelValues: readonly string[]): number {
    let text = "";
    for (let i = 0; i < labelValues.length; i++) {
      const value = i === this.#escapedValue
        ? exposedName(labelValues[i]!, this.#scheme, "metric")
        : labelValues[i]!;
      text += `${this.#heads[i]!}${escapeLabelValue(value)}"`;
    }
    return arena.append(text);
  }
}

/** A name that is not legacy-valid, as the text formats write it. */
export function quoted(name: string): string {
  return `"${escapeLabelValue(name)}"`;
}

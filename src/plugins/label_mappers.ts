import type { LabelRule } from "./label_rule.ts";
import { TopValues } from "./top_values.ts";

/** What a label shows for a value; called once for each event that carries it. */
export type LabelMapper = (value: string) => string;

/** Hashes that are remembered; beyond, all are worked out anew. */
const HASHES_MAX = 10_000;

/**
 * The mappers of all labels, by label: whoever is among the busiest is so for every metric of every
 * plugin, so that its numbers can be set against each other.
 */
export class LabelMappers {
  readonly #hash: (text: string) => string;
  readonly #mappers = new Map<string, LabelMapper>();

  constructor(hash: (text: string) => string) {
    this.#hash = hash;
  }

  /** The mapper of a label, or null if its values stay as they are. */
  of(label: string, rule: LabelRule): LabelMapper | null {
    if (rule === "keep" || rule === "drop") return null;
    const key = JSON.stringify([label, rule]);
    let mapper = this.#mappers.get(key);
    if (mapper === undefined) {
      mapper = rule === "hash" ? remembered(this.#hash) : topOf(rule.top);
      this.#mappers.set(key, mapper);
    }
    return mapper;
  }
}

function topOf(top: number): LabelMapper {
  const values = new TopValues(top);
  // That an event carries no customer is no customer's name.
  return (value) => value === "" ? "" : values.take(value);
}

function remembered(hash: (text: string) => string): LabelMapper {
  const hashes = new Map<string, string>();
  return (value) => {
    if (value === "") return "";
    let text = hashes.get(value);
    if (text === undefined) {
      if (hashes.size >= HASHES_MAX) hashes.clear();
      hashes.set(value, text = hash(value));
    }
    return text;
  };
}

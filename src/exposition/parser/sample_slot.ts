import { type LabelReader, labelText } from "./label_reader.ts";
import type { ParsedSample, ParsedType, SampleRole } from "./parsed_family.ts";

/** A family that is being read. */
export interface OpenFamily {
  readonly name: string;
  type: ParsedType;
  help: string;
  unit: string;
  readonly samples: ParsedSample[];
  hasType: boolean;
  hasHelp: boolean;
}

const THRESHOLD_LABELS: Readonly<Partial<Record<SampleRole, string>>> = {
  bucket: "le",
  quantile: "quantile",
};

/** One sample name: whose it is, which role it has, and which label sets it was seen with. */
export class SampleSlot {
  readonly name: string;
  readonly family: OpenFamily;
  readonly role: SampleRole;
  /** The label that says which bucket or quantile it is; undefined for other roles. */
  readonly thresholdLabel: string | undefined;
  /** The label names of the last sample: those of the next one, very likely. */
  names: readonly string[] = [];
  /** The same without the threshold label. */
  plainNames: readonly string[] = [];
  /** Where the threshold label is in `names`, or -1. */
  thresholdAt = -1;
  /** What stands before the threshold if a line is of the same series as the last; empty if unknown. */
  runStart = "";
  /** What follows the threshold then. */
  runEnd = "";
  /** The label values of that series. */
  runValues: string[] = [];
  readonly #seen = new Set<string>();
  /** The last threshold of each series but the one that is being read. */
  readonly #runs = new Map<string, number>();
  #runKey: string | null = null;
  #runLast = -Infinity;
  #hasRun = false;
  /** The first label names: their order is the usual one. */
  #order: readonly string[] | null = null;
  #sorted: readonly string[] = [];

  constructor(name: string, family: OpenFamily, role: SampleRole) {
    this.name = name;
    this.family = family;
    this.role = role;
    this.thresholdLabel = THRESHOLD_LABELS[role];
  }

  /** Keeps the label names for the next sample. */
  keepNames(names: readonly string[]): void {
    this.names = names;
    this.thresholdAt = this.thresholdLabel === undefined ? -1 : names.indexOf(this.thresholdLabel);
    this.plainNames = this.thresholdAt < 0
      ? names
      : names.filter((_, place) => place !== this.thresholdAt);
  }

  /**
   * Notes that the label set just read was seen, whatever its spelling; false if it had been already.
   * The key is the set's own text wherever that is the one way to write it, which costs nothing.
   */
  see(text: string, { names, values, start, end, isPlain }: LabelReader): boolean {
    this.#order ??= names;
    const isUsual = isSame(names, this.#order);
    const key = isUsual && isPlain ? text.slice(start, end) : this.#keyOf(names, values, isUsual);
    const before = this.#seen.size;
    return this.#seen.add(key).size > before;
  }

  /**
   * Begins or goes on with the buckets or quantiles of one series, whose label set was just read, and
   * returns false unless the threshold is above the series' last one.
   */
  seeThreshold(text: string, labels: LabelReader, threshold: number): boolean {
    const { names, values, start, end, isPlain } = labels;
    const spelt = values[this.thresholdAt]!;
    values[this.thresholdAt] = "";
    this.#order ??= names;
    const isUsual = isSame(names, this.#order);
    const from = this.#thresholdFrom(spelt, start, end);
    const isKnown = isUsual && isPlain && from >= 0;
    this.runStart = isKnown ? text.slice(start, from) : "";
    this.runEnd = isKnown ? text.slice(from + spelt.length, end) : "";
    const key = isKnown ? this.runStart + this.runEnd : this.#keyOf(names, values, isUsual);
    values.splice(this.thresholdAt, 1);
    this.runValues = values;
    if (this.#runKey !== null) this.#runs.set(this.#runKey, this.#runLast);
    this.#runKey = key;
    const last = this.#runs.get(key);
    this.#hasRun = last !== undefined;
    this.#runLast = last ?? -Infinity;
    return this.goOn(threshold);
  }

  /** Goes on with the same series; false unless the threshold is above its last one. */
  goOn(threshold: number): boolean {
    if (this.#hasRun && !(threshold > this.#runLast)) return false;
    this.#hasRun = true;
    this.#runLast = threshold;
    return true;
  }

  /** Where the threshold stands in a plain label set; -1 if it is neither the first nor the last. */
  #thresholdFrom(spelt: string, start: number, end: number): number {
    if (this.thresholdAt === this.names.length - 1) return end - '"}'.length - spelt.length;
    return this.thresholdAt === 0 ? start + `{${this.thresholdLabel}="`.length : -1;
  }

  #keyOf(names: readonly string[], values: readonly string[], isUsual: boolean): string {
    if (isUsual) return labelText(names, values);
    if (this.#sorted.length === 0) this.#sorted = this.#order!.toSorted();
    const sorted = names.toSorted();
    const order = isSame(sorted, this.#sorted) ? this.#order! : sorted;
    return labelText(order, order.map((name) => values[names.indexOf(name)]!));
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a === b || a.length === b.length && a.every((name, i) => name === b[i]);
}

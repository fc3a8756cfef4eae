import { TextRenderer } from "../../exposition/text.ts";
import { sampleNames } from "../../metrics/family.ts";
import type { OwnShard } from "../../metrics/own_shard.ts";
import type { Registry as Cells } from "../../metrics/registry.ts";
import type { LabelValue } from "../../metrics/label_values.ts";
import { Registry } from "./registry.ts";
import { textOf } from "./text.ts";

/** One value for each label of a metric. */
export type Labels = Readonly<Record<string, LabelValue>>;

/** What every metric is made with. */
export interface MetricConfig {
  /** As it is exposed. */
  readonly name: string;
  /** One sentence on what is measured. */
  readonly help: string;
  /** The names of its labels. Default: none. */
  readonly labels?: readonly string[];
  /** Where it is shown. Default: `Registry.default`. */
  readonly registry?: Registry | readonly Registry[];
}

/** A family of Muster's with labels, as far as it matters here. */
export interface SeriesFamily<H extends object> {
  labels(labels: Labels): H;
  remove(labels: Labels): boolean;
  clear(): void;
}

/** A metric with cells of its own, so that it can be in any number of registries. */
export abstract class Metric {
  /** Its name. */
  readonly name: string;
  /** The names of its samples, which no other metric of a registry may have. */
  readonly sampleNames: readonly string[];
  readonly #cells: Cells;

  /** Made by `with`. */
  protected constructor(name: string, cells: Cells) {
    this.name = name;
    this.#cells = cells;
    const [family] = cells.shard.layout.families;
    this.sampleNames = sampleNames(family!);
  }

  /** Its samples as lines of text, without its help and its type. */
  expose(): string {
    const text = textOf(new TextRenderer(), [this.publish()]);
    return text.split("\n").filter((line) => !line.startsWith("#")).join("\n");
  }

  /**
   * The values as they are now.
   *
   * @internal
   */
  publish(): OwnShard {
    this.#cells.shard.stamp();
    return this.#cells.shard;
  }
}

/**
 * Adds a metric to all the registries of its configuration, or to none.
 *
 * @throws {TypeError} if one of them has a sample of a name of the metric's.
 */
export function registered<M extends Metric>(metric: M, { registry }: MetricConfig): M {
  const wanted = registry === undefined ? [Registry.default] : [registry].flat();
  const registries = new Set(wanted as readonly Registry[]);
  for (const one of registries) {
    const problem = one.conflictOf(metric);
    if (problem !== null) throw new TypeError(`Cannot register "${metric.name}": ${problem}`);
  }
  for (const one of registries) one.register(metric);
  return metric;
}

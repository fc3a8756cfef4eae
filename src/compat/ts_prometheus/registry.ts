import { TEXT_CONTENT_TYPE } from "../../exposition/content_type.ts";
import { TextRenderer } from "../../exposition/text.ts";
import { received } from "../../metrics/received.ts";
import type { Metric } from "./metric.ts";
import { textOf } from "./text.ts";

/** A set of metrics that are shown together. A metric may be in several. */
export class Registry {
  static #default: Registry | undefined;
  /** The media type of what {@linkcode Registry.metrics} gives. */
  readonly contentType: string = TEXT_CONTENT_TYPE;
  readonly #metrics = new Set<Metric>();
  readonly #owners = new Map<string, Metric>();
  #renderer = new TextRenderer();

  /**
   * The registry of every metric that names no other, as its users expect; made when it is first
   * asked for, so that importing this has no effect.
   */
  static get default(): Registry {
    return Registry.#default ??= new Registry();
  }

  /**
   * Sets another one for the metrics that are made from now on, such as an empty one for each test.
   *
   * @throws {TypeError} if it is no registry.
   */
  static set default(registry: Registry) {
    if (!(registry instanceof Registry)) {
      throw new TypeError(
        `Cannot set Registry.default: it must be a Registry: received ${received(registry)}`,
      );
    }
    Registry.#default = registry;
  }

  /**
   * Adds a metric.
   *
   * @throws {TypeError} if the name of one of its samples is taken.
   */
  register(metric: Metric): void {
    const problem = this.conflictOf(metric);
    if (problem !== null) throw new TypeError(`Cannot register "${metric.name}": ${problem}`);
    this.#metrics.add(metric);
    for (const sample of metric.sampleNames) this.#owners.set(sample, metric);
  }

  /** What keeps a metric from being added, as the rest of a sentence, or null. */
  conflictOf({ sampleNames }: Metric): string | null {
    for (const sample of sampleNames) {
      const owner = this.#owners.get(sample);
      if (owner === undefined) continue;
      return `its sample name "${sample}" must not be in use: "${owner.name}" is registered already, ` +
        "so keep and share what that call returned, or unregister it";
    }
    return null;
  }

  /** Takes a metric out. Does nothing if it is not in. */
  unregister(metric: Metric): void {
    if (!this.#metrics.delete(metric)) return;
    for (const sample of metric.sampleNames) this.#owners.delete(sample);
  }

  /** Takes every metric out. */
  clear(): void {
    this.#metrics.clear();
    this.#owners.clear();
    this.#renderer = new TextRenderer();
  }

  /** The metrics in the Prometheus text format 0.0.4, sorted by name. */
  metrics(): string {
    const shards = [...this.#metrics].map((metric) => metric.publish());
    return textOf(this.#renderer, shards);
  }
}

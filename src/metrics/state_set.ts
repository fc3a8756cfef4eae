import type { CellPlace } from "./metric_kind.ts";

/**
 * Which of a few states this process is in: a series for each, 1 or 0.
 *
 * @example
 * ```ts
 * import { createRegistry } from "@muster/muster";
 * import { assert } from "@std/assert";
 *
 * const breaker = createRegistry().stateSet({
 *   name: "breaker_state",
 *   help: "How the circuit breaker is.",
 *   states: ["closed", "half_open", "open"],
 * });
 * breaker.only("open");
 * assert(breaker.has("open"));
 * ```
 */
export class StateSet<S extends string> {
  readonly #name: string;
  readonly #places: ReadonlyMap<string, CellPlace>;

  /** Made by a registry, not by users. */
  constructor(name: string, places: ReadonlyMap<string, CellPlace>) {
    this.#name = name;
    this.#places = places;
  }

  /**
   * Says whether this process is in a state. States do not exclude each other.
   *
   * @throws {TypeError} if there is no such state.
   */
  set(state: S, isOn: boolean): void {
    const { page, index } = this.#place(state);
    page[index] = isOn ? 1 : 0;
  }

  /** Says that this process is in one state alone. Throws like {@linkcode StateSet.set}. */
  only(state: S): void {
    this.#place(state);
    for (const [name, { page, index }] of this.#places) page[index] = name === state ? 1 : 0;
  }

  /** Whether this process is in a state. Throws like {@linkcode StateSet.set}. */
  has(state: S): boolean {
    const { page, index } = this.#place(state);
    return page[index] === 1;
  }

  #place(state: string): CellPlace {
    const place = this.#places.get(state);
    if (place === undefined) {
      throw new TypeError(
        `Cannot use "${this.#name}": a state must be one of ${
          [...this.#places.keys()].join(", ")
        }: ` +
          `received ${JSON.stringify(state)}`,
      );
    }
    return place;
  }
}

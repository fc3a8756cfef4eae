import type { SeriesVisibility } from "./series_visibility.ts";

/** Sets metrics right before they are published. One that throws hides its own families alone. */
export class Collectors {
  readonly #visibility: SeriesVisibility;
  readonly #onError: (family: string, error: unknown) => void;
  readonly #collectors: {
    readonly name: string;
    readonly families: () => readonly number[];
    readonly collect: () => void;
  }[] = [];

  constructor(
    visibility: SeriesVisibility,
    onError: (family: string, error: unknown) => void,
  ) {
    this.#visibility = visibility;
    this.#onError = onError;
  }

  /** Adds what sets a metric, which the layout has under the given numbers. */
  add(name: string, families: () => readonly number[], collect: () => void): void {
    this.#collectors.push({ name, families, collect });
  }

  /** Has every metric set. */
  run(): void {
    for (const { name, families, collect } of this.#collectors) {
      let isMuted = false;
      try {
        collect();
      } catch (error) {
        isMuted = true;
        this.#onError(name, error);
      }
      for (const family of families()) this.#visibility.mute(family, isMuted);
    }
  }
}

import type { Life } from "./contribution.ts";

/** What becomes of a series: it is exposed, it is not, or nobody contributes to it. */
export type Standing = "shown" | "hidden" | "unused";

/** Who contributes to one merged series, and how many of those have hidden it. */
export class Users {
  // Plain fields: there are as many of these objects as series.
  #live = 0;
  #departed = 0;
  #folded = 0;
  #liveHides = 0;
  #departedHides = 0;
  #foldedHides = 0;

  /** Notes a contribution more or less, or one that hides the series. */
  count(life: Life, what: "users" | "hides", by: 1 | -1): void {
    const isUser = what === "users";
    switch (life) {
      case "live":
        if (isUser) this.#live += by;
        else this.#liveHides += by;
        return;
      case "departed":
        if (isUser) this.#departed += by;
        else this.#departedHides += by;
        return;
      case "folded":
        if (isUser) this.#folded += by;
        else this.#foldedHides += by;
    }
  }

  /**
   * Whether the series is to be exposed. The living decide, and one that shows it is enough. Where no
   * living one has it, one that hid it before it departed is enough to keep it hidden, or what an
   * application removed would come back with the end of the process that removed it. Those who
   * departed long ago decide where nobody else has it.
   */
  get standing(): Standing {
    if (this.#live > 0) return this.#liveHides < this.#live ? "shown" : "hidden";
    if (this.#departed > 0) return this.#departedHides === 0 ? "shown" : "hidden";
    if (this.#folded > 0) return this.#foldedHides < this.#folded ? "shown" : "hidden";
    return "unused";
  }
}

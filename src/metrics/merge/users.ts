/** Who contributes to one merged series, and how many of those have hidden it. */
export class Users {
  #live = 0;
  #departed = 0;
  #liveHides = 0;
  #departedHides = 0;

  /** Notes a contribution more or less, or one that hides the series. */
  count(life: "live" | "departed", what: "users" | "hides", by: 1 | -1): void {
    if (what === "users") {
      if (life === "live") this.#live += by;
      else this.#departed += by;
    } else if (life === "live") this.#liveHides += by;
    else this.#departedHides += by;
  }

  /** Whether anybody contributes. */
  get isUsed(): boolean {
    return this.#live + this.#departed > 0;
  }

  /**
   * Whether the series is to be exposed. The living decide, and one that shows it is enough. Where no
   * living one has it, one that hid it before it departed is enough to keep it hidden, or what an
   * application removed would come back with the end of the process that removed it.
   */
  get isShown(): boolean {
    if (this.#live > 0) return this.#liveHides < this.#live;
    return this.#departed > 0 && this.#departedHides === 0;
  }
}

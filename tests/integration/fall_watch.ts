/** Sees every exposition that anybody was given, and whether anything in it fell that only grows. */
export class FallWatch {
  readonly #last = new Map<string, number>();
  /** Sentences on every counter that fell. */
  readonly falls: string[] = [];
  answers = 0;

  /** One more exposition, after all before it. */
  see(text: string, from: string): void {
    this.answers++;
    for (const line of text.split("\n")) {
      const [, series, value] = /^(\w+_(?:total|count|bucket)\b.*|\w+_seconds_sum\b.*) (\S+)$/
        .exec(line) ?? [];
      if (series === undefined) continue;
      const last = this.#last.get(series) ?? 0;
      if (Number(value) < last) this.falls.push(`${series} on ${from}: ${last}, then ${value}`);
      this.#last.set(series, Number(value));
    }
  }
}

/** A label value as callers may write it; anything but a string is turned into one. */
export type LabelValue = string | number | boolean;

/** One value for each of a family's labels. */
export type LabelValues<L extends string> = Readonly<Record<L, LabelValue>>;

/** A label value as it is kept, or undefined for what is none. */
export function keyOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
      return String(value);
    default:
      return undefined;
  }
}

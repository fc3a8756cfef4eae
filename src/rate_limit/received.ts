/** What an option was given, as the sentence of an error shows it. */
export function received(value: unknown): string {
  if (value === undefined) return "nothing";
  // JSON has no NaN.
  if (typeof value === "number") return `${value}`;
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

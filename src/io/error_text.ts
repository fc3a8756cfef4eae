/** What was thrown, as text. Anything can be thrown, even what has none: `Object.create(null)`. */
export function errorText(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "a value that has no text";
  }
}

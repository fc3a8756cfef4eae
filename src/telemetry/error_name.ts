/** What errors are called by the language and the platform: few enough to be label values. */
const NAMES: ReadonlySet<string> = new Set([
  "AbortError",
  "AggregateError",
  "DOMException",
  "Error",
  "EvalError",
  "HTTPException",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TimeoutError",
  "TypeError",
  "URIError",
]);

/**
 * What was thrown, as one of a few words: the name of an error that the language or the platform has,
 * `Error` for one of an application's own, and for a value that is no error its type. A message may hold
 * anything, so it never becomes a label.
 */
export function errorName(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) return typeof thrown;
    const { name } = thrown.constructor;
    if (NAMES.has(name) && name !== "DOMException" && name !== "Error") return name;
    return NAMES.has(thrown.name) ? thrown.name : "Error";
  } catch {
    // A getter or a proxy may throw whatever it likes.
    return typeof thrown;
  }
}

/** What can be awaited: a promise, or another library's kind of one. */
export interface Thenable {
  then(
    onValue: (value: unknown) => unknown,
    onError: (error: unknown) => unknown,
  ): unknown;
}

/** Whether a function gave something that ends later. */
export function isThenable(value: unknown): value is Thenable {
  return value !== null && (typeof value === "object" || typeof value === "function") &&
    typeof (value as Partial<Thenable>).then === "function";
}

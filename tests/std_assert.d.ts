// The npm mirror of @std/assert ships JavaScript only; these are the signatures that the tests use.
declare module "@std/assert" {
  /** Fails unless `expr` is truthy. */
  export function assert(expr: unknown, msg?: string): asserts expr;
  /** Fails unless both are deeply equal. */
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  /** Fails if both are deeply equal. */
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  /** Fails unless both are the same by `Object.is`. */
  export function assertStrictEquals<T>(
    actual: unknown,
    expected: T,
    msg?: string,
  ): asserts actual is T;
  /** Fails unless the numbers are within `tolerance`. */
  export function assertAlmostEquals(
    actual: number,
    expected: number,
    tolerance?: number,
    msg?: string,
  ): void;
  /** Fails if `actual` is null or undefined. */
  export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T>;
  /** Fails unless `actual` contains `expected`. */
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  /** Fails unless `actual` matches `expected`. */
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  /** Fails unless `expected` is a deep subset of `actual`. */
  export function assertObjectMatch(
    // deno-lint-ignore no-explicit-any
    actual: Record<PropertyKey, any>,
    expected: Record<PropertyKey, unknown>,
    msg?: string,
  ): void;
  /** Fails unless `fn` throws, and returns what it threw. */
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    // deno-lint-ignore no-explicit-any
    ErrorClass?: new (...args: any[]) => E,
    msgIncludes?: string,
    msg?: string,
  ): E;
  /** Fails unless the promise of `fn` rejects, and returns the reason. */
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any
    ErrorClass?: new (...args: any[]) => E,
    msgIncludes?: string,
    msg?: string,
  ): Promise<E>;
}

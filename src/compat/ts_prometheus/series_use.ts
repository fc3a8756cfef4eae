/** What can be counted up. */
export interface Inc {
  /** Adds `n`, 1 by default. Throws a `RangeError` if that is not finite, or a counter's is negative. */
  inc(n?: number): void;
}

/** What can be counted down. */
export interface Dec {
  /** Takes `n` away, 1 by default. Throws a `RangeError` if it is not finite. */
  dec(n?: number): void;
}

/** What can be set. */
export interface Set {
  /** Sets the value. Throws a `RangeError` if it is not finite. */
  set(n: number): void;
}

/** What has a value. */
export interface Value {
  /** The value. */
  value(): number;
}

/** What takes observations. */
export interface Observe {
  /** Counts a value. Throws a `RangeError`, and counts nothing, if it is not finite. */
  observe(n: number): void;
}

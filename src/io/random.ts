/** Randomness, injected so that a simulated cluster can be replayed from its seed. */
export interface Random {
  /** A float64 in `[0, 1)`. */
  float(): number;
  /** `length` bytes; unpredictable in the real implementation. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

/** The randomness of the operating system. */
export const systemRandom: Random = {
  float: () => Math.random(),
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

/** A new array with the items in random order (Fisher–Yates). */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random.float() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

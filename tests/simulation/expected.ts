import { bucketKey, LATENCY_SUM, type SimulatedApp } from "./app.ts";
import { exactSum } from "./exact_sum.ts";

/** An incarnation's part in an answer: all that it counted up to an operation. */
export interface Part {
  readonly app: SimulatedApp;
  readonly operations: number;
}

const BUCKET = /^sim_latency_bucket\{le="([^"]+)"\}$/;

/** Operations by incarnation, as an answer tells them. */
export function operationsIn(samples: ReadonlyMap<string, number>): Map<string, number> {
  const operations = new Map<string, number>();
  for (const [key, value] of samples) {
    const match = /^sim_ops_total\{incarnation="([^"]+)"\}$/.exec(key);
    if (match !== null) operations.set(match[1]!, value);
  }
  return operations;
}

/**
 * The first sample that is not the exact sum of what the parts counted, as a sentence; null where all
 * are. So nothing is counted twice, torn, left out, or off by a bit. With `mayLack` only more than the
 * sum is wrong.
 */
export function mismatch(
  samples: ReadonlyMap<string, number>,
  parts: readonly Part[],
  mayLack: boolean,
): string | null {
  const terms = new Map<string, number[]>();
  for (const { app, operations } of parts) {
    for (const [key, track] of app.values) {
      if (key.startsWith("sim_latency")) continue;
      const value = track.after(operations);
      if (value === 0) continue;
      const values = terms.get(key);
      if (values === undefined) terms.set(key, [value]);
      else values.push(value);
    }
  }
  const differs = (key: string, expected: number) => {
    const received = samples.get(key) ?? 0;
    return received === expected || (mayLack && received < expected)
      ? null
      : `${key} is ${received} and should be ${expected}`;
  };
  for (const [key, values] of terms) {
    const problem = differs(key, exactSum(values));
    if (problem !== null) return problem;
  }
  for (const [key, value] of samples) {
    const isCounter = key.startsWith("sim_work_") || key.startsWith("sim_requests_");
    if (isCounter && !terms.has(key) && value !== 0) return `${key} is ${value} and should be 0`;
  }
  if (parts.length === 0) return null;
  const sums = parts.map(({ app, operations }) =>
    app.values.get(LATENCY_SUM)?.after(operations) ?? 0
  );
  return latencyMismatch(samples, parts, mayLack) ??
    differs("sim_latency_sum", exactSum(sums)) ??
    differs("sim_latency_count", total(parts.map((part) => cumulative(part, Infinity))));
}

/** Each shard gives a merged bucket what it counted up to its greatest own bound not above. */
function latencyMismatch(
  samples: ReadonlyMap<string, number>,
  parts: readonly Part[],
  mayLack: boolean,
): string | null {
  const missing = new Set(parts.flatMap(({ app }) => [...app.version.bounds, Infinity]));
  for (const [key, value] of samples) {
    const match = BUCKET.exec(key);
    if (match === null) continue;
    const bound = match[1] === "+Inf" ? Infinity : Number(match[1]);
    missing.delete(bound);
    const expected = total(parts.map((part) => cumulative(part, bound)));
    if (value > expected || (!mayLack && value < expected)) {
      return `${key} is ${value} and should be ${expected}`;
    }
  }
  const [bound] = missing;
  return bound === undefined ? null : `the bucket ${bound} of sim_latency is missing`;
}

function cumulative({ app, operations }: Part, bound: number): number {
  let sum = 0;
  for (const own of [...app.version.bounds, Infinity]) {
    if (own <= bound) sum += app.values.get(bucketKey(own))?.after(operations) ?? 0;
  }
  return sum;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

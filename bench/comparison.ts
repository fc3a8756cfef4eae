/** One contender's part of a comparison. */
export interface Contender {
  /** What is timed. */
  readonly run: () => void | Promise<void>;
  /** Done before each run, not timed. */
  readonly prepare?: () => void | Promise<void>;
}

/** The same work, done by Muster and by prom-client. */
export interface Comparison {
  readonly title: string;
  readonly unit: "ns" | "ms";
  /** Operations in one run: times are told for one of them. */
  readonly operations: number;
  readonly runs: number;
  /** Runs that come first and don't count. */
  readonly warmups: number;
  readonly muster: Contender;
  readonly promClient: Contender;
  /** Throws unless both contenders do the same; called before anything is timed. */
  readonly verify: () => void | Promise<void>;
}

/** Times of one contender, in the comparison's unit. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What came of a comparison. */
export interface Outcome {
  readonly comparison: Comparison;
  readonly muster: Spread;
  readonly promClient: Spread;
  /** How many times longer prom-client took, by the medians of this run. */
  readonly ratio: number;
}

const NANOSECONDS_PER_MS = 1e6;

/**
 * Runs both contenders by turns, so that whatever else the machine does hits both, and each goes first
 * as often as the other.
 */
export async function compare(comparison: Comparison): Promise<Outcome> {
  await comparison.verify();
  const muster: number[] = [];
  const promClient: number[] = [];
  const turns = [[comparison.muster, muster], [comparison.promClient, promClient]] as const;
  for (let round = 0; round < comparison.warmups + comparison.runs; round++) {
    for (const [contender, times] of round % 2 === 0 ? turns : turns.toReversed()) {
      const ms = await timed(contender);
      if (round < comparison.warmups) continue;
      const perOperation = ms / comparison.operations;
      times.push(comparison.unit === "ns" ? perOperation * NANOSECONDS_PER_MS : perOperation);
    }
  }
  const [ours, theirs] = [spread(muster), spread(promClient)];
  return { comparison, muster: ours, promClient: theirs, ratio: theirs.median / ours.median };
}

async function timed({ run, prepare }: Contender): Promise<number> {
  await prepare?.();
  const startMs = performance.now();
  const pending = run();
  if (pending !== undefined) await pending;
  return performance.now() - startMs;
}

function spread(times: readonly number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1]!, min: sorted[0]!, max: sorted.at(-1)! };
}

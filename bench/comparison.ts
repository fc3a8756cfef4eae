/** One contender's part of a comparison. */
export interface Contender {
  readonly name: string;
  /** What is timed. */
  readonly run: () => void | Promise<void>;
  /** Done before each run, not timed. */
  readonly prepare?: () => void | Promise<void>;
}

/** What Muster, the first contender, must reach. */
export interface Bar {
  /** The contender that it is measured against. */
  readonly against: string;
  /**
   * `less`: this many times less than the contender. `within`: at most this many times as much.
   * `at_most`: so many units, whatever others take; then the contender is Muster itself.
   */
  readonly kind: "less" | "within" | "at_most";
  /** How many times, or units. */
  readonly times: number;
}

/** The same work, done by several contenders. */
export interface Comparison {
  readonly title: string;
  readonly unit: "ns" | "µs" | "ms";
  /** Operations in one run: times are told for one of them. */
  readonly operations: number;
  readonly runs: number;
  /** Runs that come first and don't count. */
  readonly warmups: number;
  /** Muster first. */
  readonly contenders: readonly Contender[];
  readonly bars: readonly Bar[];
  /** A contender whose time is taken off all others', round by round: what they all have to do. */
  readonly takenOff?: string;
  /** What a reader of the results has to know. */
  readonly note?: string;
  /** Throws unless all contenders do the same; called before anything is timed. */
  readonly verify: () => void | Promise<void>;
}

/** Measurements of one contender, in the outcome's unit. */
export interface Spread {
  readonly name: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What was measured. */
export interface Outcome {
  readonly title: string;
  readonly unit: string;
  /** Muster first. */
  readonly spreads: readonly Spread[];
  readonly bars: readonly Bar[];
  readonly note?: string;
}

const UNITS_PER_MS = { ns: 1e6, "µs": 1e3, ms: 1 } as const;

/**
 * Runs all contenders by turns, so that whatever else the machine does hits all of them, and each goes
 * first as often as the others.
 */
export async function compare(comparison: Comparison): Promise<Outcome> {
  await comparison.verify();
  const { title, unit, contenders, bars, note, takenOff } = comparison;
  const times = contenders.map((): number[] => []);
  for (let round = 0; round < comparison.warmups + comparison.runs; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const place = (turn + round) % contenders.length;
      const ms = await timed(contenders[place]!);
      if (round < comparison.warmups) continue;
      times[place]!.push(ms / comparison.operations * UNITS_PER_MS[unit]);
    }
  }
  const base = times[contenders.findIndex(({ name }) => name === takenOff)];
  const spreads = contenders.map(({ name }, place) => {
    const of = times[place]!;
    return base === undefined || of === base ? spread(name, of) : beyond(name, of, base);
  });
  return { title, unit, spreads, bars, ...(note === undefined ? {} : { note }) };
}

/** The median and the ends of some measurements. */
export function spread(name: string, measured: readonly number[]): Spread {
  const sorted = measured.toSorted((a, b) => a - b);
  return { name, median: sorted[sorted.length >> 1]!, min: sorted[0]!, max: sorted.at(-1)! };
}

/** What is beyond the times of `base`, round by round; the least one is that of the fastest runs. */
function beyond(name: string, times: readonly number[], base: readonly number[]): Spread {
  const { median, max } = spread(name, times.map((time, round) => time - base[round]!));
  return { name, median, min: Math.min(...times) - Math.min(...base), max };
}

async function timed({ run, prepare }: Contender): Promise<number> {
  await prepare?.();
  const startMs = performance.now();
  const pending = run();
  if (pending !== undefined) await pending;
  return performance.now() - startMs;
}

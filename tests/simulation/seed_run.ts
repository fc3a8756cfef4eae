import { simulate, type SimulationResult } from "./simulation.ts";

/** What came of one seed, as one worker tells the other. */
export interface SeedReport {
  readonly seed: number;
  /** The broken promise and what broke it; null for none. */
  readonly failure: { readonly promise: string; readonly message: string } | null;
  readonly faults: readonly (readonly [string, number])[];
  readonly scrapes: SimulationResult["scrapes"];
  readonly foldings: SimulationResult["foldings"];
  readonly virtualMs: number;
}

/** What a run of seeds is asked for. */
export interface SeedRequest {
  readonly seed: number;
  readonly nodes: number;
  /** The only kinds of faults there may be; none for all. */
  readonly kinds: readonly string[];
}

/** Runs one seed. An error that the code under test threw is a failure as well. */
export async function runSeed(request: SeedRequest): Promise<SeedReport> {
  const empty = { exposed: 0, unavailable: 0, late: 0, resetsLost: 0, resetsOutOfReach: 0 };
  const none = { folded: 0, joined: 0, forgotten: 0 };
  const { seed } = request;
  try {
    const result = await simulate(request);
    const { violation, faults, scrapes, foldings, virtualMs } = result;
    const failure = violation === null
      ? null
      : { promise: violation.promise, message: violation.message };
    return { seed, failure, faults: [...faults], scrapes, foldings, virtualMs };
  } catch (error) {
    const message = error instanceof Error ? error.stack ?? error.message : String(error);
    const failure = { promise: "0 crash of the code", message };
    return { seed, failure, faults: [], scrapes: empty, foldings: none, virtualMs: 0 };
  }
}

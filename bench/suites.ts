import { caches } from "./caches.ts";
import { clusterRounds } from "./cluster_rounds.ts";
import { clusterScrapes } from "./cluster_scrape.ts";
import { clusterTimes } from "./cluster_times.ts";
import { compare, type Comparison, type Outcome } from "./comparison.ts";
import { hotPath } from "./hot_path.ts";
import { decisions } from "./limiter.ts";
import { limiting } from "./limiting_middleware.ts";
import { limiterMemory } from "./limiter_memory_suite.ts";
import { loopDelays } from "./loop_delay.ts";
import { memory } from "./memory_suite.ts";
import { merges } from "./merge.ts";
import { middleware } from "./middleware.ts";
import { parsing } from "./parser.ts";
import { renderings } from "./render.ts";
import { telemetry } from "./telemetry.ts";
import { topology } from "./topology.ts";
import { wireBytes } from "./wire.ts";

/** What is timed, by name. */
const TIMED: Readonly<Record<string, () => Comparison[] | Promise<Comparison[]>>> = {
  hot_path: hotPath,
  middleware,
  limiter: decisions,
  limiting,
  telemetry,
  caches,
  render: renderings,
  merge: merges,
  parser: parsing,
  topology,
};
/** What is counted, by name. */
const COUNTED: Readonly<Record<string, () => Outcome[] | Promise<Outcome[]>>> = {
  wire: wireBytes,
  memory,
  limiter_memory: limiterMemory,
  loop_delay: loopDelays,
  cluster_rounds: clusterRounds,
  cluster_scrape: clusterScrapes,
  cluster_times: () => clusterTimes([10, 50]),
};

/** The names of all suites, in the order of the results. */
export const SUITES: readonly string[] = [...Object.keys(TIMED), ...Object.keys(COUNTED)];

/** Measures all of a suite, and passes on each outcome when it is there. */
export async function measure(suite: string, tell: (outcome: Outcome) => void): Promise<void> {
  if (suite in COUNTED) {
    for (const outcome of await COUNTED[suite]!()) tell(outcome);
    return;
  }
  for (const comparison of await TIMED[suite]!()) tell(await compare(comparison));
}

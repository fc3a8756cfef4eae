import { measureJob } from "./adapters/job.ts";
import { hasAnswered } from "./cluster/discovery_view.ts";
import type { Goodbye } from "./cluster/goodbye.ts";
import { sleep, systemClock } from "./io/clock.ts";
import { readEnvironment } from "./io/environment.ts";
import { logTapeSink } from "./io/log_logtape.ts";
import { jobSettings } from "./job_settings.ts";
import type { Runtime } from "./runtime.ts";
import { type Muster, type MusterOptions, startRuntime } from "./start_muster.ts";

/** How long a job that is done waits for a peer that will keep its counts. */
const JOIN_TIMEOUT_MS = 10_000;
const LOOK_MS = 20;

/** How a process that is a job joins the cluster. */
export interface RunJobOptions extends MusterOptions {
  /** The name of the job in labels. */
  readonly worker: string;
  /** The queue or schedule that it comes from. Default: `default`. */
  readonly queue?: string;
}

/** What came of a job. */
export interface JobOutcome<T> {
  /** What the work returned. */
  readonly value: T;
  /** Peers that hold all that the job counted; with none, that is lost. */
  readonly confirmed: number;
  /** Peers that were asked to. */
  readonly asked: number;
}

/**
 * Runs a process that ends with its work, such as a Kubernetes Job: it joins the cluster as a node, does
 * the work, hands what it counted to the other nodes, and leaves. Their totals have its counts from then
 * on. The work does not wait for the joining; a job that is done waits up to 10 s for a first peer. It is
 * measured by the plugin `jobs`. It takes any free port, unless `METRICS_PORT` says which or peers are
 * found by DNS, where it is the default one.
 *
 * The other nodes must let it in: give it their `CLUSTER_SECRET`, or have their Service list it.
 *
 * @throws {TypeError} if a setting is wrong.
 * @throws what the work throws, after its counts are handed over.
 *
 * @example
 * ```ts
 * import { runJob } from "@muster/muster";
 * import { assertEquals } from "@std/assert";
 *
 * const settings = { METRICS_LISTEN_HOST: "127.0.0.1" };
 * const { value } = await runJob({ worker: "clean_up", settings }, async ({ registry }) => {
 *   const removed = registry.counter({ name: "removed_total", help: "Removed rows." });
 *   removed.inc(3);
 *   return removed.value;
 * });
 * assertEquals(value, 3);
 * ```
 */
export async function runJob<T>(
  options: RunJobOptions,
  work: (muster: Muster) => T | Promise<T>,
): Promise<JobOutcome<T>> {
  const { worker, queue = "default", log = logTapeSink() } = options;
  const settings = jobSettings(options.settings ?? {}, readEnvironment);
  const runtime = await startRuntime({ ...options, log, settings });
  let goodbye: Goodbye;
  let value: T;
  try {
    value = await measureJob(runtime, { worker, queue }, work)(runtime);
  } finally {
    await untilKnown(runtime);
    goodbye = await runtime.stop();
    const { confirmed, asked } = goodbye;
    if (asked > 0 && confirmed === 0) {
      const sentence = `What the job "${worker}" counted is lost: none of ${asked} peers took it.`;
      log.log("error", sentence, { worker, asked });
    }
  }
  return { value, ...goodbye };
}

/** Waits until a peer has answered, or there is none, so that somebody can be said goodbye to. */
async function untilKnown({ node }: Runtime): Promise<void> {
  const deadlineMs = systemClock.nowMs() + JOIN_TIMEOUT_MS;
  while (!node.hasTalked && systemClock.nowMs() < deadlineMs) {
    if (hasAnswered(node.view) && node.targets().length === 0) return;
    await sleep(systemClock, LOOK_MS);
  }
}

import type { Histogram } from "../../src/metrics/histogram.ts";
import type { Counter, CounterFamily } from "../../src/metrics/counter.ts";
import type { Registry } from "../../src/metrics/registry.ts";
import type { SeededRandom } from "../cluster/seeded_random.ts";
import { Track } from "./track.ts";

/** What the names of all metrics of the simulated application begin with. */
export const PREFIX = "sim_";

/** What an application's version changes in the definitions of its metrics. */
export interface AppVersion {
  readonly bounds: readonly number[];
  /** Whether requests have a second label. */
  readonly hasCode: boolean;
}

/** Versions that roll: bounds are added, moved and taken away, and a label comes and goes. */
export const APP_VERSIONS: readonly AppVersion[] = [
  { bounds: [0.1, 1, 10], hasCode: false },
  { bounds: [0.1, 0.5, 1, 5, 10], hasCode: true },
  { bounds: [0.25, 1, 8], hasCode: false },
];

const PATHS: readonly string[] = ["/", "/orders", "/users"];
const CODES: readonly string[] = ["200", "500"];

/** A value of a process as the process itself holds it, over all of its incarnations. */
type Totals = Map<string, number>;

/** The metrics of the application in one process. */
export class AppMetrics {
  readonly version: AppVersion;
  /** What was added up so far, by sample, bucket and sum. */
  readonly totals: Totals = new Map();
  readonly #operations: CounterFamily<"incarnation">;
  readonly #work: Counter;
  readonly #latency: Histogram;
  readonly #request: (path: string, code: string) => string;

  constructor(registry: Registry, version: AppVersion, nowMs: () => number) {
    this.version = version;
    this.#operations = registry.counter({
      name: "sim_ops_total",
      help: "Operations.",
      labels: ["incarnation"],
    });
    this.#work = registry.counter({ name: "sim_work_total", help: "Work." });
    this.#latency = registry.histogram({
      name: "sim_latency",
      help: "Latency.",
      buckets: version.bounds,
    });
    const requests = { name: "sim_requests_total", help: "Requests." } as const;
    if (version.hasCode) {
      const counter = registry.counter({ ...requests, labels: ["path", "code"] });
      this.#request = (path, code) => {
        counter.inc({ path, code });
        return `sim_requests_total{code="${code}",path="${path}"}`;
      };
    } else {
      const counter = registry.counter({ ...requests, labels: ["path"] });
      this.#request = (path) => {
        counter.inc({ path });
        return `sim_requests_total{path="${path}"}`;
      };
    }
    const published = registry.gauge({ name: "sim_published_ms", help: "When it was published." });
    registry.gauge({ name: "sim_alive", help: "1 for each that is shown.", merge: "sum" }).set(1);
    registry.shard.beforeStamp(() => published.set(nowMs()));
  }

  /** One operation; gives the values that it changed, as the process holds them. */
  operate(incarnation: string, random: SeededRandom): Totals {
    const changed: Totals = new Map();
    const add = (key: string, value: number) => {
      const total = (this.totals.get(key) ?? 0) + value;
      this.totals.set(key, total);
      changed.set(key, total);
    };
    this.#operations.inc({ incarnation });
    const work = random.float() * 10 ** Math.floor(random.float() * 6 - 3);
    this.#work.inc(work);
    add("sim_work_total", work);
    const path = PATHS[Math.floor(random.float() * PATHS.length)]!;
    const code = CODES[Math.floor(random.float() * CODES.length)]!;
    add(this.#request(path, code), 1);
    const latency = random.float() * 12;
    this.#latency.observe(latency);
    add(LATENCY_SUM, latency);
    add(bucketKey(this.version.bounds.find((bound) => latency <= bound) ?? Infinity), 1);
    return changed;
  }
}

/** The sum of all latencies, among an app's values. */
export const LATENCY_SUM = "sim_latency_sum";

/** Among an app's values, how many latencies fell into the bucket that a bound ends. */
export function bucketKey(bound: number): string {
  return `sim_latency_bucket ${bound}`;
}

/**
 * The application in one incarnation, and the truth of all it ever counted. One operation changes
 * several metrics at once and raises `sim_ops_total{incarnation}`, so each answer tells by itself up to
 * which operation it has each incarnation, and what every other value in it must be.
 */
export class SimulatedApp {
  readonly incarnation: string;
  readonly #metrics: AppMetrics;
  readonly #random: SeededRandom;
  /** What earlier incarnations of the process counted, which is not this one's. */
  readonly #baseline: Totals;
  readonly #values = new Map<string, Track>();
  /** Operations by the seq at which they were published. */
  readonly #published: number[] = [];
  readonly #operationTimes: number[] = [];
  #count = 0;

  constructor(metrics: AppMetrics, incarnation: string, random: SeededRandom) {
    this.incarnation = incarnation;
    this.#metrics = metrics;
    this.#random = random;
    this.#baseline = new Map(metrics.totals);
  }

  get version(): AppVersion {
    return this.#metrics.version;
  }

  /** Counters by their samples' keys, the sum of latencies, and its buckets, not cumulative. */
  get values(): ReadonlyMap<string, Track> {
    return this.#values;
  }

  /** How many operations there were. */
  get count(): number {
    return this.#count;
  }

  /** How many operations the shard had at `seq`. */
  countAt(seq: number): number {
    return this.#published[seq] ?? 0;
  }

  /** How many operations there were at a time. */
  countBefore(atMs: number): number {
    let count = this.#count;
    while (count > 0 && this.#operationTimes[count - 1]! > atMs) count--;
    return count;
  }

  /** The shard is about to be published at `seq`. */
  publish(seq: number): void {
    this.#published[seq] = this.#count;
  }

  /** One operation. */
  operate(nowMs: number): void {
    const operation = ++this.#count;
    this.#operationTimes.push(nowMs);
    for (const [key, total] of this.#metrics.operate(this.incarnation, this.#random)) {
      let track = this.#values.get(key);
      if (track === undefined) this.#values.set(key, track = new Track());
      track.set(operation, total - (this.#baseline.get(key) ?? 0));
    }
  }
}

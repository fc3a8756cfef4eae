import type { Histogram } from "../../src/metrics/histogram.ts";
import type { Counter } from "../../src/metrics/counter.ts";
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

/**
 * The application in one incarnation, and the truth of all it ever counted. One operation changes
 * several metrics at once and raises `sim_ops_total{incarnation}`, so each answer tells by itself up to
 * which operation it has each incarnation, and what every other value in it must be.
 */
export class SimulatedApp {
  readonly incarnation: string;
  readonly version: AppVersion;
  /** Counters by their samples' keys. */
  readonly counters: ReadonlyMap<string, Track>;
  /** The latencies' buckets, by the version's bounds and infinity; not cumulative. */
  readonly buckets: readonly Track[];
  readonly latencySum: Track = new Track();
  readonly #counters = new Map<string, Track>();
  readonly #random: SeededRandom;
  readonly #operations: Counter;
  readonly #work: Counter;
  readonly #latency: Histogram;
  readonly #request: (path: string, code: string) => string;
  /** Operations by the seq at which they were published. */
  readonly #published: number[] = [0];
  readonly #operationTimes: number[] = [];
  #count = 0;

  constructor(
    registry: Registry,
    incarnation: string,
    version: AppVersion,
    random: SeededRandom,
    nowMs: () => number,
  ) {
    this.incarnation = incarnation;
    this.version = version;
    this.counters = this.#counters;
    this.#random = random;
    this.buckets = Array.from({ length: version.bounds.length + 1 }, () => new Track());
    this.#operations = registry.counter({
      name: "sim_ops_total",
      help: "Operations.",
      labels: ["incarnation"],
    }).labels({ incarnation });
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
    registry.shard.beforeStamp(() => {
      published.set(nowMs());
      this.#published[registry.shard.seq + 1] = this.#count;
    });
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

  /** One operation. */
  operate(nowMs: number): void {
    const operation = ++this.#count;
    this.#operationTimes.push(nowMs);
    this.#operations.inc();
    const work = this.#random.float() * 10 ** Math.floor(this.#random.float() * 6 - 3);
    this.#work.inc(work);
    this.#add("sim_work_total", operation, work);
    const path = PATHS[Math.floor(this.#random.float() * PATHS.length)]!;
    const code = CODES[Math.floor(this.#random.float() * CODES.length)]!;
    this.#add(this.#request(path, code), operation, 1);
    const latency = this.#random.float() * 12;
    this.#latency.observe(latency);
    const bucket = this.version.bounds.findIndex((bound) => latency <= bound);
    const track = this.buckets.at(bucket)!;
    track.set(operation, track.last + 1);
    this.latencySum.set(operation, this.latencySum.last + latency);
  }

  #add(key: string, operation: number, value: number): void {
    let track = this.#counters.get(key);
    if (track === undefined) this.#counters.set(key, track = new Track());
    track.set(operation, track.last + value);
  }
}

import type { Clock } from "../io/clock.ts";
import { type Collection, GC_KINDS } from "../io/gc_profile.ts";
import { watchLoopLag } from "../io/loop_lag.ts";
import type { ProcessFacts } from "../io/process_facts.ts";
import type { ProcessUsage, ProcUsage } from "../io/process_usage.ts";
import type { Bus } from "../telemetry/bus.ts";
import { DENO_METRICS } from "./deno_metrics.ts";
import { definePlugin, type Plugin, type Reading } from "./plugin.ts";

/** What the plugin reads with. */
export interface DenoParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly facts: Pick<ProcessFacts, "versions" | "startedAtMs">;
  readonly readUsage: () => ProcessUsage;
  /** What `/proc` tells; what may not be read is left out. */
  readonly readProc: () => ProcUsage;
  /** Tells of collections of garbage. */
  readonly garbage: { start(): void; take(): Collection[]; stop(): void };
}

type Readings = Reading[];

/** This process: memory, processor, event loop and collection of garbage. */
export function denoPlugin(parts: DenoParts): Plugin {
  const loop = new LoopWatch(parts);
  const garbage = new GarbageWatch(parts);
  return definePlugin({
    name: "deno",
    isInternal: true,
    help:
      "This process: memory, processor, event loop, collection of garbage. What can't be read is " +
      "left out: process_open_fds, process_max_fds, process_virtual_memory_bytes and process_threads " +
      "need Linux and all of Deno's permissions (-A). Deno tells of timers among what keeps the loop " +
      "alive, and of no sockets or other handles. Limits of containers are cAdvisor's to tell.",
    options: { prefix: "" },
    metrics: DENO_METRICS,
    events: {
      "deno.event_loop.look": {
        help: "A timer of 20 ms fired, so and so late.",
        bindings: [{
          metric: "deno.event_loop.lag.seconds",
          measurement: "lag_ms",
          convert: "ms_to_seconds",
        }],
      },
      "deno.garbage.collected": {
        help: "V8 collected garbage; told at the next poll.",
        bindings: [{
          metric: "deno.gc.duration.seconds",
          measurement: "duration_ms",
          convert: "ms_to_seconds",
        }],
      },
    },
    polls: {
      process: {
        help: "Memory, processor and what keeps the event loop alive.",
        metrics: [
          "deno.info",
          "process.start_time.seconds",
          "process.cpu.seconds.total",
          "process.cpu.user.seconds.total",
          "process.cpu.system.seconds.total",
          "process.resident_memory.bytes",
          "process.heap.bytes",
          "deno.heap.used.bytes",
          "deno.heap.limit.bytes",
          "deno.external_memory.bytes",
          "deno.heap.space.size.bytes",
          "deno.heap.space.used.bytes",
          "deno.heap.space.available.bytes",
          "deno.active_resources",
          "deno.context_switches.total",
        ],
        read: () => [...factReadings(parts.facts), ...usageReadings(parts.readUsage())],
      },
      proc: {
        help: "What only /proc tells.",
        metrics: [
          "process.open_fds",
          "process.max_fds",
          "process.virtual_memory.bytes",
          "process.threads",
        ],
        read: () => procReadings(parts.readProc()),
      },
      event_loop: {
        help: "Has the event loop watched from the first time on.",
        metrics: ["deno.event_loop.lag.max.seconds"],
        read: (signal) => loop.read(signal),
      },
      garbage: {
        help: "What was collected since the last time.",
        metrics: ["deno.gc.reclaimed.bytes.total"],
        read: (signal) => garbage.read(signal),
      },
    },
  });
}

function factReadings({ versions, startedAtMs }: DenoParts["facts"]): Readings {
  const { deno, v8, typescript } = versions;
  return [
    { metric: "deno.info", value: 1, labels: { version: deno, v8, typescript } },
    { metric: "process.start_time.seconds", value: startedAtMs / 1000 },
  ];
}

function usageReadings(usage: ProcessUsage): Readings {
  const { cpuUserSeconds: user, cpuSystemSeconds: system } = usage;
  const kinds = { voluntary: usage.voluntarySwitches, involuntary: usage.involuntarySwitches };
  return [
    { metric: "process.cpu.seconds.total", value: user + system },
    { metric: "process.cpu.user.seconds.total", value: user },
    { metric: "process.cpu.system.seconds.total", value: system },
    { metric: "process.resident_memory.bytes", value: usage.residentBytes },
    { metric: "process.heap.bytes", value: usage.heapSizeBytes },
    { metric: "deno.heap.used.bytes", value: usage.heapUsedBytes },
    { metric: "deno.heap.limit.bytes", value: usage.heapLimitBytes },
    { metric: "deno.external_memory.bytes", value: usage.externalBytes },
    ...usage.heapSpaces.flatMap(({ name: space, sizeBytes, usedBytes, availableBytes }): Readings =>
      // Many spaces are V8's alone for what Deno does not do, and always empty.
      sizeBytes === 0 ? [] : [
        { metric: "deno.heap.space.size.bytes", value: sizeBytes, labels: { space } },
        { metric: "deno.heap.space.used.bytes", value: usedBytes, labels: { space } },
        { metric: "deno.heap.space.available.bytes", value: availableBytes, labels: { space } },
      ]
    ),
    ...Array.from(usage.activeResources, ([type, value]): Reading => (
      { metric: "deno.active_resources", value, labels: { type } }
    )),
    ...Object.entries(kinds).map(([kind, value]): Reading => (
      { metric: "deno.context_switches.total", value, labels: { kind } }
    )),
  ];
}

function procReadings({ openFds, maxFds, virtualBytes, threads }: ProcUsage): Readings {
  const readings: readonly (readonly [string, number | undefined])[] = [
    ["process.open_fds", openFds],
    ["process.max_fds", maxFds],
    ["process.virtual_memory.bytes", virtualBytes],
    ["process.threads", threads],
  ];
  return readings.flatMap(([metric, value]) => value === undefined ? [] : [{ metric, value }]);
}

/** Watches the event loop between polls. */
class LoopWatch {
  readonly #parts: DenoParts;
  #isWatching = false;
  #maxSeconds = 0;

  constructor(parts: DenoParts) {
    this.#parts = parts;
  }

  read(signal: AbortSignal): Readings {
    if (!this.#isWatching) {
      this.#watch(signal);
      return [];
    }
    const value = this.#maxSeconds;
    this.#maxSeconds = 0;
    return [{ metric: "deno.event_loop.lag.max.seconds", value }];
  }

  #watch(signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#isWatching = true;
    const { bus, clock } = this.#parts;
    const stop = watchLoopLag(clock, (seconds) => {
      this.#maxSeconds = Math.max(this.#maxSeconds, seconds);
      bus.emit("deno.event_loop.look", { lag_ms: seconds * 1000 });
    });
    signal.addEventListener("abort", () => {
      this.#isWatching = false;
      stop();
    }, { once: true });
  }
}

/** Adds up what was collected. */
class GarbageWatch {
  readonly #parts: DenoParts;
  readonly #reclaimedBytes = new Map<string, number>(GC_KINDS.map((kind) => [kind, 0]));
  #isWatching = false;

  constructor(parts: DenoParts) {
    this.#parts = parts;
  }

  read(signal: AbortSignal): Readings {
    const { bus, garbage } = this.#parts;
    if (!this.#isWatching && !signal.aborted) {
      this.#isWatching = true;
      garbage.start();
      signal.addEventListener("abort", () => {
        this.#isWatching = false;
        garbage.stop();
      }, { once: true });
    }
    for (const { kind, seconds, reclaimedBytes } of garbage.take()) {
      this.#reclaimedBytes.set(kind, this.#reclaimedBytes.get(kind)! + reclaimedBytes);
      bus.emit("deno.garbage.collected", { duration_ms: seconds * 1000 }, { kind });
    }
    return Array.from(this.#reclaimedBytes, ([kind, value]) => (
      { metric: "deno.gc.reclaimed.bytes.total", value, labels: { kind } }
    ));
  }
}

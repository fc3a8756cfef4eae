import { GC_KINDS } from "../io/gc_profile.ts";
import type { MetricDefinition } from "./metric_definition.ts";

function bytes(help: string, labels: readonly string[] = []): MetricDefinition {
  return { kind: "gauge", help, group: "memory", unit: "bytes", labels };
}

function cpuSeconds(help: string): MetricDefinition {
  return { kind: "counter", help, group: "process", unit: "seconds" };
}

/** What is told of a process. */
export const DENO_METRICS: Readonly<Record<string, MetricDefinition>> = {
  "process.cpu.seconds.total": cpuSeconds("Processor time, in seconds."),
  "process.cpu.user.seconds.total": cpuSeconds("Processor time in the program, in seconds."),
  "process.cpu.system.seconds.total": cpuSeconds("Processor time in the kernel, in seconds."),
  "process.start_time.seconds": {
    kind: "gauge",
    help: "When the process started, in seconds since the Unix epoch.",
    group: "process",
    unit: "seconds",
  },
  "process.open_fds": { kind: "gauge", help: "Open descriptors.", group: "process" },
  "process.max_fds": { kind: "gauge", help: "Descriptors that may be open.", group: "process" },
  "process.threads": { kind: "gauge", help: "Threads of the process.", group: "process" },
  "process.virtual_memory.bytes": bytes("Virtual memory, in bytes."),
  "process.resident_memory.bytes": bytes("Memory of the machine that the process has, in bytes."),
  "process.heap.bytes": bytes("Size of V8's heap, in bytes."),
  "deno.heap.used.bytes": bytes("What is used of V8's heap, in bytes."),
  "deno.heap.limit.bytes": bytes("What V8's heap may grow to, in bytes."),
  "deno.external_memory.bytes": bytes("Memory outside the heap for objects in it, in bytes."),
  "deno.heap.space.size.bytes": bytes("Size of a space of V8's heap, in bytes.", ["space"]),
  "deno.heap.space.used.bytes": bytes("What is used of a space of V8's heap, in bytes.", ["space"]),
  "deno.heap.space.available.bytes": bytes("What is free in a space of V8's heap, in bytes.", [
    "space",
  ]),
  "deno.info": {
    kind: "info",
    help: "Versions of Deno, V8 and TypeScript.",
    group: "versions",
    labels: ["version", "v8", "typescript"],
  },
  "deno.event_loop.lag.seconds": {
    kind: "histogram",
    help: "How late a timer of 20 ms fired, in seconds.",
    group: "event_loop",
    unit: "seconds",
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  "deno.event_loop.lag.max.seconds": {
    kind: "gauge",
    help: "How late such a timer fired at most between the last two polls, in seconds.",
    group: "event_loop",
    unit: "seconds",
  },
  "deno.active_resources": {
    kind: "gauge",
    help: "What keeps the event loop alive, by type; Deno tells of timers and not of sockets.",
    group: "event_loop",
    labels: ["type"],
  },
  "deno.context_switches.total": {
    kind: "counter",
    help: "Times that the kernel gave the processor to somebody else, by kind.",
    group: "process",
    labels: ["kind"],
    values: { kind: ["voluntary", "involuntary"] },
  },
  "deno.gc.duration.seconds": {
    kind: "histogram",
    help: "Time of a collection of garbage by its kind, in seconds.",
    group: "garbage",
    unit: "seconds",
    labels: ["kind"],
    buckets: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
  },
  "deno.gc.reclaimed.bytes.total": {
    kind: "counter",
    help: "Bytes that the heap shrank by in collections of garbage.",
    group: "garbage",
    unit: "bytes",
    labels: ["kind"],
    values: { kind: GC_KINDS },
  },
};

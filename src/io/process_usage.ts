import process from "node:process";
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";

/** One of the spaces that V8 divides its heap into, in bytes. */
export interface HeapSpace {
  readonly name: string;
  readonly sizeBytes: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
}

/** What the process uses that only `/proc` tells; what could not be read is left out. */
export interface ProcUsage {
  readonly openFds?: number;
  readonly maxFds?: number;
  readonly virtualBytes?: number;
  readonly threads?: number;
}

/** What this process uses of its machine now. Counts are since its start. */
export interface ProcessUsage {
  readonly cpuUserSeconds: number;
  readonly cpuSystemSeconds: number;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly heapSizeBytes: number;
  readonly heapLimitBytes: number;
  /** Held by V8 for objects outside its heap, such as array buffers. */
  readonly externalBytes: number;
  readonly heapSpaces: readonly HeapSpace[];
  /** What keeps the event loop alive, as far as Deno tells: timers, not sockets. */
  readonly activeResources: ReadonlyMap<string, number>;
}

/** Reads what needs no permission. */
export function readProcessUsage(): ProcessUsage {
  const { rss } = Deno.memoryUsage();
  const { user, system } = process.cpuUsage();
  const { voluntaryContextSwitches, involuntaryContextSwitches } = process.resourceUsage();
  const heap = getHeapStatistics();
  const activeResources = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) {
    activeResources.set(type, (activeResources.get(type) ?? 0) + 1);
  }
  return {
    cpuUserSeconds: user / 1e6,
    cpuSystemSeconds: system / 1e6,
    voluntarySwitches: voluntaryContextSwitches,
    involuntarySwitches: involuntaryContextSwitches,
    residentBytes: rss,
    heapUsedBytes: heap.used_heap_size,
    heapSizeBytes: heap.total_heap_size,
    heapLimitBytes: heap.heap_size_limit,
    externalBytes: heap.external_memory,
    heapSpaces: getHeapSpaceStatistics().map((space) => ({
      name: space.space_name,
      sizeBytes: space.space_size,
      usedBytes: space.space_used_size,
      availableBytes: space.space_available_size,
    })),
    activeResources,
  };
}

/**
 * Reads `/proc/self`, which Deno allows only with all permissions and Linux alone has. Asks no user
 * for a permission, and gives nothing where it has none.
 */
export function readProcUsage(): ProcUsage {
  return {
    ...definedIn("openFds", countOpenFds()),
    ...limitsOf(textOf("/proc/self/limits")),
    ...statusOf(textOf("/proc/self/status")),
  };
}

/** The soft limit of descriptors in the text of `/proc/self/limits`; nothing where it is unlimited. */
export function limitsOf(text: string | undefined): Pick<ProcUsage, "maxFds"> {
  const soft = /^Max open files +(\d+) /m.exec(text ?? "")?.[1];
  return definedIn("maxFds", soft === undefined ? undefined : Number(soft));
}

/** Virtual memory and threads in the text of `/proc/self/status`. */
export function statusOf(text: string | undefined): Pick<ProcUsage, "virtualBytes" | "threads"> {
  const kibibytes = /^VmSize:\s+(\d+) kB$/m.exec(text ?? "")?.[1];
  const threads = /^Threads:\s+(\d+)$/m.exec(text ?? "")?.[1];
  return {
    ...definedIn("virtualBytes", kibibytes === undefined ? undefined : Number(kibibytes) * 1024),
    ...definedIn("threads", threads === undefined ? undefined : Number(threads)),
  };
}

function countOpenFds(): number | undefined {
  const path = "/proc/self/fd";
  if (!mayRead(path)) return undefined;
  try {
    // Listing the folder takes a descriptor of its own.
    return Deno.readDirSync(path)[Symbol.iterator]().toArray().length - 1;
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  if (!mayRead(path)) return undefined;
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

function mayRead(path: string): boolean {
  // Asking first, since reading without permission stops at a question on a terminal.
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

function definedIn<K extends string>(
  key: K,
  value: number | undefined,
): { readonly [P in K]?: number } {
  return value === undefined ? {} : { [key]: value } as { readonly [P in K]?: number };
}

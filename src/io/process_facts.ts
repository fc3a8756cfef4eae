import type { Random } from "./random.ts";

/** What is known of this process from its start and never changes. */
export interface ProcessFacts {
  /** The name of the machine or pod; without `--allow-sys=hostname` an invented one. */
  readonly hostname: string;
  /** False if `hostname` was invented: such a name is another one after each restart. */
  readonly hostnameKnown: boolean;
  readonly pid: number;
  readonly versions: { readonly deno: string; readonly v8: string; readonly typescript: string };
  /** When the process started, by the wall clock, in milliseconds since the Unix epoch. */
  readonly startedAtMs: number;
}

/** Reads the facts of this process; needs no permission, uses `--allow-sys=hostname` if it is there. */
export function readProcessFacts(random: Random): ProcessFacts {
  const hostname = readHostname();
  return {
    hostname: hostname ?? inventedName(random),
    hostnameKnown: hostname !== undefined,
    pid: Deno.pid,
    versions: { ...Deno.version },
    startedAtMs: performance.timeOrigin,
  };
}

function readHostname(): string | undefined {
  // Asking first, since `Deno.hostname()` without permission stops at a question on a terminal.
  const permission = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  if (permission.state !== "granted") return undefined;
  const hostname = Deno.hostname();
  return hostname === "" ? undefined : hostname;
}

function inventedName(random: Random): string {
  return `node-${random.bytes(4).toHex()}`;
}

import { systemClock } from "../../src/io/clock.ts";
import type { NodeProcess } from "../integration/node_process.ts";

/**
 * Of a crash, what was counted in its last rounds: one until cells are published, and one until a peer
 * has asked for them or they were pushed.
 */
const LOSABLE_MS = 2_000;
const REQUESTS_MAX = 100;

/** What one life counted lately, with when. */
interface Counted {
  readonly atMs: number;
  readonly requests: number;
}

/** Knows what all processes together were told to count, whatever becomes of them. */
export class Truth {
  readonly #lately = new Map<NodeProcess, Counted[]>();
  #counted = 0;
  #unsure = 0;
  #losable = 0;

  /** Requests that a process said it had counted. */
  get counted(): number {
    return this.#counted;
  }

  /** Requests that a process died over before it said so: they may or may not be in the totals. */
  get unsure(): number {
    return this.#unsure;
  }

  /** The most that the crashes so far may have lost of what was counted. */
  get losable(): number {
    return this.#losable;
  }

  /** Makes a process count, a random number of requests and fractions besides. */
  async count(process: NodeProcess): Promise<void> {
    const requests = 1 + Math.floor(Math.random() * REQUESTS_MAX);
    try {
      await process.inc(requests, [0.1, 0.7, Math.random()]);
    } catch {
      this.#unsure += requests;
      return;
    }
    this.#counted += requests;
    const atMs = systemClock.nowMs();
    const lately = this.#lately.get(process) ?? [];
    const recent = lately.filter((one) => atMs - one.atMs < LOSABLE_MS);
    this.#lately.set(process, [...recent, { atMs, requests }]);
  }

  /** A process was killed at `killedAtMs`, and is no more. */
  crashed(process: NodeProcess, killedAtMs: number): void {
    for (const { atMs, requests } of this.#lately.get(process) ?? []) {
      if (atMs >= killedAtMs - LOSABLE_MS) this.#losable += requests;
    }
    this.#lately.delete(process);
  }
}

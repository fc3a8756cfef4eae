import type { Clock } from "../../src/io/clock.ts";
import { settle } from "../fake_clock.ts";

interface Timer {
  readonly atMs: number;
  readonly order: number;
  callback: (() => void) | null;
}

/** What a clock shows at first. */
export const START_MS = 1_000_000;

/** A clock for hundreds of nodes: as `FakeClock`, but its timers are in a heap. */
export class VirtualClock implements Clock {
  #nowMs = START_MS;
  #order = 0;
  readonly #heap: Timer[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer: Timer = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      callback,
    };
    this.#push(timer);
    return () => timer.callback = null;
  }

  /** Moves time on until `endMs` or until `isOver`, firing what comes due. */
  async runUntil(endMs: number, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#pop();
      if (next.callback === null) continue;
      this.#nowMs = next.atMs;
      next.callback();
      await settle();
    }
    if (!isOver()) this.#nowMs = Math.max(this.#nowMs, endMs);
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

import type { DiscoveryView } from "../../src/cluster/discovery_view.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** A DNS that lags, forgets, fails and recovers; each node has a view of its own. */
export class SimulatedDns {
  readonly #clock: VirtualClock;
  readonly #listed = new Set<string>();
  readonly #views = new Map<string, DiscoveryView>();
  readonly #failsUntilMs = new Map<string, number>();
  readonly #hiddenUntilMs = new Map<string, number>();
  #disturbedAtMs = -Infinity;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Until when some node may have been told less than there is. */
  get disturbedAtMs(): number {
    return this.#disturbedAtMs;
  }

  /** Whether an address is in the right answer. */
  isListed(address: string): boolean {
    return this.#listed.has(address);
  }

  list(address: string): void {
    this.#listed.add(address);
  }

  unlist(address: string): void {
    this.#listed.delete(address);
  }

  /** Leaves addresses out of every answer until a time. */
  hide(addresses: Iterable<string>, untilMs: number): void {
    for (const address of addresses) {
      this.#hiddenUntilMs.set(address, Math.max(untilMs, this.#hiddenUntilMs.get(address) ?? 0));
    }
    this.#disturbedAtMs = Math.max(this.#disturbedAtMs, untilMs);
  }

  /** Lets the questions of the node at an address fail until a time. */
  fail(asker: string, untilMs: number): void {
    this.#failsUntilMs.set(asker, untilMs);
    this.#disturbedAtMs = Math.max(this.#disturbedAtMs, untilMs);
  }

  heal(): void {
    this.#hiddenUntilMs.clear();
    this.#failsUntilMs.clear();
  }

  /** What a node that is new at an address knows: nothing. */
  forget(asker: string): void {
    this.#views.delete(asker);
  }

  /** The view of the node at an address: a new answer, or the last good one if that fails. */
  viewOf(asker: string): DiscoveryView {
    const nowMs = this.#clock.nowMs();
    const last = this.#views.get(asker);
    if ((this.#failsUntilMs.get(asker) ?? -Infinity) > nowMs) return last ?? view([], 0, nowMs);
    const addresses = [...this.#listed]
      .filter((address) => !(this.#hiddenUntilMs.get(address)! > nowMs)).sort();
    const next = view(addresses, (last?.version ?? 0) + 1, nowMs);
    this.#views.set(asker, next);
    return next;
  }
}

function view(addresses: readonly string[], version: number, nowMs: number): DiscoveryView {
  return {
    mode: "dns",
    name: "_metrics._tcp.simulated.",
    servers: [],
    addresses,
    version,
    ttlMs: 1_000,
    lastSuccessAtMs: version === 0 ? null : nowMs,
    lastError: null,
    polls: version,
    failures: 0,
    consecutiveFailures: 0,
    negative: null,
    partial: false,
    source: "srv",
    addressesCut: 0,
  };
}

import type { LookupResult } from "./discovery_result.ts";
import type { DiscoveryView } from "./discovery_view.ts";

/** The shortest pause after a good answer, before jitter. */
export const POLL_MS_MIN = 1_000;
/** The longest pause after a good answer or a failure, before jitter. */
export const POLL_MS_MAX = 30_000;
/**
 * The pause where no TTL is known, and the longest one after an empty answer: when the whole cluster
 * starts, the name does not exist yet, and CoreDNS's negative TTL may be 30 s.
 */
export const EMPTY_POLL_MS = 5_000;
/** The first pause after a failure; doubled by each further one, up to {@link POLL_MS_MAX}. */
export const BACKOFF_MS_MIN = 1_000;

/** The part of a {@link DiscoveryView} that polls change. */
export type DiscoveryState = Omit<DiscoveryView, "mode" | "name" | "servers">;

/** Before the first poll. */
export const initialDiscoveryState: DiscoveryState = {
  addresses: [],
  version: 0,
  ttlMs: null,
  lastSuccessAtMs: null,
  lastError: null,
  polls: 0,
  failures: 0,
  consecutiveFailures: 0,
  negative: null,
  partial: false,
  source: null,
  addressesCut: 0,
};

/**
 * The state after a poll. A failed poll changes no address. If only one address family failed and the
 * other one found something, that is a good answer to which the old addresses of the failed family are
 * added. More than `addressesMax` addresses are cut, in the same order on every node.
 */
export function discoveryStep(
  state: DiscoveryState,
  result: LookupResult,
  nowMs: number,
  addressesMax: number,
): DiscoveryState {
  const polls = state.polls + 1;
  const lastError = result.messages.length === 0
    ? state.lastError
    : { atMs: nowMs, message: result.messages.join(" ") };
  const partial = result.failedV4 || result.failedV6;
  // An empty answer for one family proves nothing while the other family can't be asked.
  if (partial && result.addresses.length === 0) {
    const failures = state.failures + 1;
    const consecutiveFailures = state.consecutiveFailures + 1;
    return { ...state, polls, failures, consecutiveFailures, lastError };
  }
  const kept = state.addresses.filter((address) =>
    address.startsWith("[") ? result.failedV6 : result.failedV4
  );
  const all = [...new Set([...result.addresses, ...kept])].sort();
  return {
    addresses: all.slice(0, addressesMax),
    version: state.version + 1,
    ttlMs: result.ttlMs,
    lastSuccessAtMs: nowMs,
    lastError,
    polls,
    failures: state.failures,
    consecutiveFailures: 0,
    negative: all.length === 0 ? result.negative : null,
    partial,
    source: result.source,
    addressesCut: Math.max(0, all.length - addressesMax) + result.recordsCut,
  };
}

/**
 * Milliseconds until the next poll: the TTL, clamped, ±10%; after failures an exponential back-off of
 * which the second half is random. `random` is in `[0, 1)`.
 */
export function nextPollDelayMs(state: DiscoveryState, random: number): number {
  if (state.consecutiveFailures > 0) {
    const backoffMs = BACKOFF_MS_MIN * 2 ** (state.consecutiveFailures - 1);
    return Math.min(POLL_MS_MAX, backoffMs) * (0.5 + 0.5 * random);
  }
  const ttlMs = state.ttlMs ?? EMPTY_POLL_MS;
  const ceilingMs = state.addresses.length === 0 ? EMPTY_POLL_MS : POLL_MS_MAX;
  return Math.min(ceilingMs, Math.max(POLL_MS_MIN, ttlMs)) * (0.9 + 0.2 * random);
}

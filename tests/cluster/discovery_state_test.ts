import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { LookupResult } from "../../src/cluster/discovery_result.ts";
import {
  type DiscoveryState,
  discoveryStep,
  initialDiscoveryState,
  nextPollDelayMs,
} from "../../src/cluster/discovery_state.ts";

const V4 = ["10.0.0.1:1", "10.0.0.2:1"];
const V6 = ["[fd00::1]:1"];

function found(addresses: readonly string[], changes: Partial<LookupResult> = {}): LookupResult {
  return {
    addresses,
    ttlMs: 5_000,
    negative: addresses.length === 0 ? "nodata" : null,
    failedV4: false,
    failedV6: false,
    messages: [],
    source: "srv",
    recordsCut: 0,
    ...changes,
  };
}

function after(results: readonly LookupResult[], addressesMax = 100): DiscoveryState {
  return results.reduce(
    (state, result, i) => discoveryStep(state, result, 1_000 * (i + 1), addressesMax),
    initialDiscoveryState,
  );
}

const noV4 = { failedV4: true, messages: ["A failed."] };
const noV6 = { failedV6: true, messages: ["AAAA failed."] };
const nothing = found([], { ...noV4, ...noV6, messages: ["A failed.", "AAAA failed."] });

Deno.test("discoveryStep keeps addresses that a failed question could not deny, and only these", () => {
  const both = found([...V4, ...V6]);
  const table: readonly [string, LookupResult, readonly string[], number][] = [
    ["a smaller answer", found(["10.0.0.2:1"]), ["10.0.0.2:1"], 2],
    ["an empty answer", found([]), [], 2],
    ["no such name", found([], { negative: "nxdomain" }), [], 2],
    ["nothing answered", nothing, [...V4, ...V6], 1],
    ["v4 found, v6 failed", found(["10.0.0.3:1"], noV6), ["10.0.0.3:1", ...V6], 2],
    ["v6 found, v4 failed", found(["[fd00::2]:1"], noV4), [...V4, "[fd00::2]:1"], 2],
    ["v4 empty, v6 failed", found([], noV6), [...V4, ...V6], 1],
    ["v6 empty, v4 failed", found([], noV4), [...V4, ...V6], 1],
    ["some found, some failed", found(["10.0.0.3:1"], noV4), [...V4, "10.0.0.3:1"], 2],
  ];
  for (const [what, result, addresses, version] of table) {
    const state = after([both, result]);
    assertEquals(state.addresses, addresses, what);
    assertEquals(state.version, version, what);
    assertEquals(state.failures, 2 - version, what);
    assertEquals(state.lastSuccessAtMs, version * 1_000, what);
  }
});

Deno.test("discoveryStep counts an empty answer as a success and says why it was empty", () => {
  const state = after([found([], { negative: "nxdomain" })]);
  assertEquals([state.version, state.negative, state.failures], [1, "nxdomain", 0]);
  assertEquals(after([found([], { negative: "nxdomain" }), found(V4)]).negative, null);
});

Deno.test("discoveryStep reports failures: in a row, in all, and the last with its time", () => {
  const state = after([nothing, nothing, found(V4), nothing]);
  assertEquals([state.polls, state.failures, state.consecutiveFailures], [4, 3, 1]);
  assertEquals(state.lastError, { atMs: 4_000, message: "A failed. AAAA failed." });
  assertEquals(after([nothing, found(V4)]).lastError?.atMs, 1_000);
  assertEquals(after([nothing, found(V4)]).consecutiveFailures, 0);
});

Deno.test("discoveryStep reports a failure that did no harm, and an answer of one family as partial", () => {
  const state = after([found(V4, noV6)]);
  assertEquals([state.partial, state.failures, state.version], [true, 0, 1]);
  assertEquals(state.lastError, { atMs: 1_000, message: "AAAA failed." });
  assertEquals(after([found(V4, noV6), found(V4)]).partial, false);
});

Deno.test("discoveryStep sorts, drops doubles and cuts at addressesMax, the same for every order", () => {
  const addresses = fc.array(fc.constantFrom("10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1", ...V6));
  fc.assert(fc.property(addresses, fc.integer({ min: 1, max: 5 }), (list, max) => {
    const state = after([found(list)], max);
    const unique = [...new Set(list)].sort();
    assertEquals(state.addresses, unique.slice(0, max));
    assertEquals(state.addressesCut, Math.max(0, unique.length - max));
    assertEquals(after([found(list.toReversed())], max).addresses, state.addresses);
  }));
});

Deno.test("discoveryStep adds what the client cut to addressesCut", () => {
  assertEquals(after([found(V4, { recordsCut: 7 })], 1).addressesCut, 8);
});

Deno.test("nextPollDelayMs is the TTL clamped to 1–30 s, 5 s at most for an empty answer, ±10%", () => {
  const table: readonly [string, LookupResult, number][] = [
    ["TTL 5", found(V4), 5_000],
    ["TTL 0, as a cache that serves stale gives", found(V4, { ttlMs: 0 }), 1_000],
    ["TTL of an hour", found(V4, { ttlMs: 3_600_000 }), 30_000],
    ["no TTL", found(V4, { ttlMs: null }), 5_000],
    ["empty with a long negative TTL", found([], { ttlMs: 30_000 }), 5_000],
    ["empty with a short negative TTL", found([], { ttlMs: 2_000 }), 2_000],
  ];
  for (const [what, result, delayMs] of table) {
    const state = after([result]);
    assertEquals(Math.round(nextPollDelayMs(state, 0)), delayMs * 0.9, what);
    assertEquals(Math.round(nextPollDelayMs(state, 0.5)), delayMs, what);
    assert(nextPollDelayMs(state, 0.999999) < delayMs * 1.1, what);
  }
});

Deno.test("nextPollDelayMs doubles after each failure up to 30 s, half of it random", () => {
  const expected = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
  for (const [i, delayMs] of expected.entries()) {
    const state = after(Array.from({ length: i + 1 }, () => nothing));
    assertEquals(nextPollDelayMs(state, 0), delayMs / 2);
    assert(Math.abs(nextPollDelayMs(state, 0.999999) - delayMs) < 1);
  }
  assertEquals(
    nextPollDelayMs({ ...initialDiscoveryState, consecutiveFailures: 5_000 }, 0),
    15_000,
  );
});

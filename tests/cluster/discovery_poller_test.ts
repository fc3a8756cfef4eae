import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { nothingFound } from "../../src/cluster/discovery_hosts.ts";
import { PollingDiscovery } from "../../src/cluster/discovery_poller.ts";
import type { LookupResult } from "../../src/cluster/discovery_result.ts";
import type { DiscoveryView } from "../../src/cluster/discovery_view.ts";
import type { Clock } from "../../src/io/clock.ts";

/** A clock that moves by hand and knows its timers. */
class HandClock implements Clock {
  timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  #nowMs = 1_000_000;

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  advance(byMs: number): void {
    this.#nowMs += byMs;
    const due = this.timers.filter((timer) => timer.atMs <= this.#nowMs);
    this.timers = this.timers.filter((timer) => timer.atMs > this.#nowMs);
    for (const timer of due) timer.callback();
  }
}

const FOUND: LookupResult = { ...nothingFound, addresses: ["10.0.0.1:1"], ttlMs: 5_000 };
const FAILED: LookupResult = { ...nothingFound, failedV4: true, failedV6: true, messages: ["No."] };

/** A discovery whose lookups end when the test says so. */
function setUp(refreshGapMs = 500) {
  const clock = new HandClock();
  const lookups: { readonly previous: readonly string[]; end(result: LookupResult): void }[] = [];
  let signal: AbortSignal | undefined;
  const discovery = new PollingDiscovery({
    mode: "dns",
    name: "m.",
    servers: ["10.96.0.10:53"],
    lookup(previous, theSignal) {
      signal = theSignal;
      const { promise, resolve } = Promise.withResolvers<LookupResult>();
      lookups.push({ previous, end: resolve });
      return promise;
    },
    clock,
    random: { float: () => 0.5, bytes: (length) => new Uint8Array(length) },
    addressesMax: 10,
    refreshGapMs,
  });
  const views: DiscoveryView[] = [];
  discovery.onView((view) => views.push(view));
  /** Ends the poll under way and waits until its view is out. */
  const end = async (result: LookupResult) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const unsubscribe = discovery.onView(() => resolve());
    lookups.at(-1)!.end(result);
    await promise;
    unsubscribe();
  };
  return { clock, lookups, discovery, views, end, signal: () => signal };
}

Deno.test("PollingDiscovery polls at once on start, then at the TTL, with one timer", async () => {
  const { clock, lookups, discovery, views, end } = setUp();
  assertEquals([discovery.view.version, lookups.length], [0, 0]);
  discovery.start();
  discovery.start();
  assertEquals([lookups.length, clock.timers.length], [1, 0]);
  await end(FOUND);
  assertEquals(discovery.view.addresses, ["10.0.0.1:1"]);
  assertStrictEquals(views.at(-1), discovery.view);
  assertEquals(clock.timers.length, 1);
  clock.advance(4_999);
  assertEquals(lookups.length, 1);
  clock.advance(1);
  assertEquals(lookups.length, 2);
  assertEquals(lookups[1]!.previous, ["10.0.0.1:1"]);
  await end(FOUND);
  assertEquals(discovery.view.version, 2);
  await discovery[Symbol.asyncDispose]();
});

Deno.test("PollingDiscovery shows failures to its listeners and polls again later and later", async () => {
  const { clock, lookups, discovery, views, end } = setUp();
  discovery.start();
  await end(FOUND);
  clock.advance(5_000);
  for (const pauseMs of [750, 1_500, 3_000]) {
    await end(FAILED);
    assertEquals(clock.timers.map((timer) => timer.atMs - clock.nowMs()), [pauseMs]);
    clock.advance(pauseMs);
  }
  assertEquals(lookups.length, 5);
  assertEquals(views.map((view) => view.version), [1, 1, 1, 1]);
  assertEquals(discovery.view.addresses, ["10.0.0.1:1"]);
  assertEquals(discovery.view.lastError?.message, "No.");
  lookups.at(-1)!.end(FOUND);
  await discovery[Symbol.asyncDispose]();
});

Deno.test("PollingDiscovery.refresh joins the poll under way, and replaces the waiting timer", async () => {
  const { clock, lookups, discovery, end } = setUp();
  discovery.start();
  const joined = [discovery.refresh(), discovery.refresh()];
  assertEquals(lookups.length, 1);
  await end(FOUND);
  for (const view of await Promise.all(joined)) assertEquals(view.version, 1);
  clock.advance(1_000);
  const fresh = discovery.refresh();
  assertEquals([lookups.length, clock.timers.length], [2, 0]);
  await end({ ...FOUND, addresses: [] });
  assertEquals((await fresh).addresses, []);
  assertEquals(clock.timers.length, 1);
  await discovery[Symbol.asyncDispose]();
});

Deno.test("PollingDiscovery.refresh does not ask again within refreshGapMs of the last poll", async () => {
  const { clock, lookups, discovery, end } = setUp(500);
  discovery.start();
  await end(FOUND);
  clock.advance(499);
  assertEquals((await discovery.refresh()).version, 1);
  assertEquals(lookups.length, 1);
  clock.advance(1);
  const fresh = discovery.refresh();
  assertEquals(lookups.length, 2);
  await end(FOUND);
  assertEquals((await fresh).version, 2);
  await discovery[Symbol.asyncDispose]();
});

Deno.test("PollingDiscovery.refresh before start polls once and sets no timer", async () => {
  const { clock, discovery, end } = setUp();
  const refreshed = discovery.refresh();
  await end(FOUND);
  assertEquals((await refreshed).version, 1);
  assertEquals(clock.timers, []);
  await discovery[Symbol.asyncDispose]();
});

Deno.test("PollingDiscovery stops for good: aborts its poll, drops its result, timers and listeners", async () => {
  const { clock, lookups, discovery, views, end, signal } = setUp();
  discovery.start();
  await end(FOUND);
  clock.advance(5_000);
  const disposed = discovery[Symbol.asyncDispose]();
  assert(signal()!.aborted);
  lookups.at(-1)!.end(FAILED);
  await disposed;
  assertEquals([clock.timers.length, views.length, discovery.view.failures], [0, 1, 0]);
  discovery.start();
  assertEquals((await discovery.refresh()).version, 1);
  assertEquals(lookups.length, 2);
});

Deno.test("PollingDiscovery.onView ends with the function that it returned", async () => {
  const { clock, lookups, discovery, end } = setUp();
  let calls = 0;
  const unsubscribe = discovery.onView(() => calls++);
  discovery.start();
  await end(FOUND);
  unsubscribe();
  clock.advance(5_000);
  await end(FOUND);
  assertEquals([calls, lookups.length], [1, 2]);
  await discovery[Symbol.asyncDispose]();
});

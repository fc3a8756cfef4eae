import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/io/clock.ts";
import { GC_KINDS, GcProfile } from "../../src/io/gc_profile.ts";

Deno.test("GcProfile gives each collection once, with a duration that fits into the time it had", () => {
  const profile = new GcProfile();
  profile.start();
  const startMs = systemClock.nowMs();
  const kept = churn();
  const collections = profile.take();
  const seconds = (systemClock.nowMs() - startMs) / 1000;
  assert(kept.length > 0);
  assert(collections.length > 0, "nothing was collected");
  assert(collections.every(({ kind }) => GC_KINDS.includes(kind) && kind !== "other"));
  const paused = collections.reduce((sum, collection) => sum + collection.seconds, 0);
  // A unit that is wrong by a thousand is either too long for the time, or as good as nothing.
  assert(paused > seconds / 1000 && paused < seconds, `${paused} s of pauses in ${seconds} s`);
  assert(collections.some(({ reclaimedBytes }) => reclaimedBytes > 0));
  const startOfNextMs = systemClock.nowMs();
  const next = profile.take().reduce((sum, collection) => sum + collection.seconds, 0);
  assert(next <= (systemClock.nowMs() - startOfNextMs) / 1000, "a collection came twice");
  profile.stop();
});

Deno.test("GcProfile gives nothing before its start and after its stop", () => {
  const profile = new GcProfile();
  churn();
  assertEquals(profile.take(), []);
  profile.start();
  churn();
  profile.stop();
  assertEquals(profile.take(), []);
});

/** Makes garbage beside what it keeps. */
function churn(): unknown[] {
  const kept: unknown[] = [];
  for (let i = 0; i < 1_500_000; i++) {
    const made = { i, list: [i] };
    if (i % 4 === 0) kept.push(made);
  }
  return kept;
}

import { assertEquals } from "@std/assert";
import { heldSource } from "../../src/http/held_source.ts";
import { Pacer } from "../../src/http/pacer.ts";
import type { Clock } from "../../src/io/clock.ts";
import { PAGE_CELLS } from "../../src/metrics/cells.ts";
import { Layout } from "../../src/metrics/layout.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { rendered } from "../exposition/rendered.ts";
import { FakeClock, settle } from "../fake_clock.ts";

function values(pages: readonly Float64Array[]): number[] {
  return [...new Set(pages.flatMap((page) => [...new Set(page)]))];
}

Deno.test("heldSource stays as it was when values, series and visibility change", async () => {
  const registry = new Registry();
  const gauge = registry.gauge({ name: "g", help: "", labels: ["i"] });
  gauge.set({ i: 1 }, 5);
  registry.shard.stamp();
  const before = rendered(registry.shard);
  const held = await heldSource(registry.shard, new Pacer(new FakeClock()));
  gauge.set({ i: 1 }, 6);
  gauge.set({ i: 2 }, 7);
  registry.shard.stamp();
  registry.shard.layout.hide(0);
  assertEquals(rendered(held), before);
});

Deno.test("heldSource leaves out what the layout hides", async () => {
  const registry = new Registry();
  const gauge = registry.gauge({ name: "g", help: "", labels: ["i"] });
  gauge.set({ i: 1 }, 5);
  gauge.set({ i: 2 }, 6);
  registry.shard.stamp();
  registry.shard.layout.hide(0);
  const held = await heldSource(registry.shard, new Pacer(new FakeClock()));
  assertEquals(rendered(held), '# TYPE g gauge\ng{i="2"} 6\n');
});

Deno.test("heldSource shows one seq, although values are published while it pauses", async () => {
  const source = {
    seq: 1,
    layout: new Layout(),
    pages: Array.from({ length: 600 }, () => new Float64Array(PAGE_CELLS).fill(1)),
  };
  // Every look at the clock takes so long that work has to pause.
  let nowMs = 0;
  const pauses: (() => void)[] = [];
  const clock: Clock = {
    nowMs: () => nowMs += 5,
    wallMs: () => nowMs,
    after: (_, callback) => {
      pauses.push(callback);
      return () => {};
    },
  };
  let isHeld = false;
  const holding = heldSource(source, new Pacer(clock)).finally(() => isHeld = true);
  for (await settle(); !isHeld; await settle()) {
    source.seq++;
    for (const page of source.pages) page.fill(source.seq);
    pauses.shift()!();
  }
  const { pages } = await holding;
  assertEquals([pages.length, values(pages)], [600, [source.seq]]);
  assertEquals(source.seq, 4, "it must not begin anew for ever");
});

Deno.test("heldSource keeps exemplars and times of making at hand", async () => {
  const { shard } = new Registry();
  const createdMsOf = () => 5;
  const { layout, pages, seq, exemplars } = shard;
  const source = { layout, pages, seq, exemplars, createdMsOf };
  const held = await heldSource(source, new Pacer(new FakeClock()));
  assertEquals([held.exemplars, held.createdMsOf], [exemplars, createdMsOf]);
});

import { assert } from "@std/assert";
import { simulateCaches } from "./cache_simulation.ts";

/** The latter once were taken for broken: writers that died unheard, and a node known to others alone. */
const SEEDS = [...Array.from({ length: 12 }, (_, i) => i + 1), 910_128, 910_261, 910_368];

Deno.test("no cache serves a row longer than its bound after any node invalidated it, whatever fails", async () => {
  const faults = new Set<string>();
  let [served, servedOld] = [0, 0];
  for (const seed of SEEDS) {
    const { violation, counts, faults: kinds } = await simulateCaches({
      seed,
      nodes: seed > 12 ? 3 + seed % 9 : 7,
    });
    assert(violation === null, `seed ${seed}: ${violation?.promise}: ${violation?.message}`);
    for (const kind of kinds.keys()) faults.add(kind);
    served += counts.served;
    servedOld += counts.servedOld;
  }
  assert(faults.size >= 15, `only ${[...faults].join()} came about`);
  assert(served > 10_000, `only ${served} reads were served`);
  assert(servedOld > 20, `only ${servedOld} of them had been invalidated a moment ago`);
});

import { assert } from "@std/assert";
import { simulateCaches } from "./cache_simulation.ts";
import { PLANTED_CACHE_FAULTS } from "./planted_cache_faults.ts";

/** Where the search for each fault begins, so that it does not take long; it goes on from there. */
const FIRST_SEEDS: Readonly<Record<string, number>> = {
  "what can be vouched for is not looked at": 3,
  "an answer counts from when it came": 3,
  "the age of a log is not handed on": 3,
  "whoever is down counts as dead": 4,
};
const SEEDS_MAX = 40;

for (const [what, plant] of Object.entries(PLANTED_CACHE_FAULTS)) {
  Deno.test(`the simulation of caches finds out when ${what}`, async () => {
    const first = FIRST_SEEDS[what] ?? 1;
    const remove = plant();
    try {
      for (let seed = first; seed < first + SEEDS_MAX; seed++) {
        const { violation } = await simulateCaches({ seed, nodes: 7 });
        if (violation !== null) return;
      }
    } finally {
      remove();
    }
    assert(false, `${SEEDS_MAX} worlds from seed ${first} on served nothing for too long`);
  });
}

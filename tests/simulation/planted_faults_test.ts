import { assert } from "@std/assert";
import { PLANTED_FAULTS } from "./planted_faults.ts";
import { PRESENT_EXPECTATIONS } from "./promises.ts";
import { simulate } from "./simulation.ts";

/**
 * Where the search for each fault begins, so that it does not take long. What finds a fault depends on
 * every message of a world, so the search goes on from there.
 */
const FIRST_SEEDS: Readonly<Record<string, number>> = {
  "the age of a copy is not handed on": 12,
  "a newcomer begins from who is new too": 29,
};
const SEEDS_MAX = 40;

for (const [what, plant] of Object.entries(PLANTED_FAULTS)) {
  Deno.test(`the simulation finds out when ${what}`, async () => {
    const first = FIRST_SEEDS[what] ?? 1;
    const remove = plant();
    try {
      for (let seed = first; seed < first + SEEDS_MAX; seed++) {
        const { violation } = await simulate({ seed, nodes: 7, expect: PRESENT_EXPECTATIONS });
        if (violation !== null) return;
      }
    } finally {
      remove();
    }
    assert(false, `${SEEDS_MAX} worlds from seed ${first} on kept every promise`);
  });
}

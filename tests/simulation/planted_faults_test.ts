import { assert, assertMatch } from "@std/assert";
import { FaultyCopy } from "./faulty_copy.ts";
import { PLANTED_FAULTS } from "./planted_faults.ts";

const SEEDS_MAX = 200;

for (const { what, edits } of PLANTED_FAULTS) {
  Deno.test(`the simulation finds out when ${what}`, async () => {
    await using copy = await FaultyCopy.make(edits);
    const { code, output } = await copy.simulate("--seeds", String(SEEDS_MAX), "--stop");
    assert(code === 1, `${SEEDS_MAX} worlds kept every promise:\n${output}`);
    assertMatch(output, /BROKEN [1-7] .*\n *deno task simulate --seed \d+ --nodes 7 --trace\n/);
  });
}

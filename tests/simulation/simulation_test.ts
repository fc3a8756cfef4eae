import { assert, assertEquals } from "@std/assert";
import { PRESENT_EXPECTATIONS } from "./promises.ts";
import { simulate } from "./simulation.ts";

/** Worlds that every run of the tests looks at; `deno task simulate` looks at others. */
const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);

async function told(seed: number): Promise<string[]> {
  const lines: string[] = [];
  const tell = (atMs: number, line: string) => lines.push(`${atMs} ${line}`);
  await simulate({ seed, nodes: 4, expect: PRESENT_EXPECTATIONS, tell });
  return lines;
}

Deno.test("a simulated world with faults of all kinds keeps every promise", async () => {
  const faults = new Set<string>();
  let exposed = 0;
  for (const seed of SEEDS) {
    const result = await simulate({ seed, nodes: 7, expect: PRESENT_EXPECTATIONS });
    const { violation } = result;
    assert(
      violation === null,
      `deno task simulate --seed ${seed} --nodes 7 --trace: ${violation?.promise}: ` +
        violation?.message,
    );
    for (const kind of result.faults.keys()) faults.add(kind);
    exposed += result.scrapes.exposed;
  }
  assert(faults.size >= 15, `only ${[...faults].join()} came about`);
  assert(exposed > 200, `only ${exposed} scrapes were answered`);
});

Deno.test("a simulated world is the same again for the same seed", async () => {
  const first = await told(3);
  assert(first.length > 20);
  assertEquals(await told(3), first);
});

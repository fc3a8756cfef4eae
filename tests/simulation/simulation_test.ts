import { assert, assertEquals } from "@std/assert";
import { simulate } from "./simulation.ts";
import { sweep } from "./sweep.ts";

const NODES = 7;
const SEEDS = 200;
const WORKERS = 2;

async function told(seed: number): Promise<string[]> {
  const lines: string[] = [];
  const tell = (atMs: number, line: string) => lines.push(`${atMs} ${line}`);
  await simulate({ seed, nodes: 4, tell });
  return lines;
}

Deno.test("simulated worlds with faults of all kinds keep every promise, new ones each time", async () => {
  const from = Math.floor(Math.random() * 2 ** 31);
  const lines = [`deno task simulate --from ${from} --seeds ${SEEDS} --nodes ${NODES}`];
  const print = (line: string) => lines.push(line);
  const tally = await sweep({
    from,
    seeds: SEEDS,
    nodes: NODES,
    kinds: [],
    workers: WORKERS,
    stopsAtFirst: false,
    print,
  });
  const told = lines.join("\n");
  await Deno.stdout.write(new TextEncoder().encode(`${told}\n`));
  assertEquals(tally.failed, [], told);
  assert(tally.faults.size >= 20, `only some kinds of faults came about:\n${told}`);
  assert(tally.scrapes.get("exposed")! > 10 * SEEDS, `few scrapes were answered:\n${told}`);
});

Deno.test("a simulated world is the same again for the same seed", async () => {
  const first = await told(3);
  assert(first.length > 20);
  assertEquals(await told(3), first);
});

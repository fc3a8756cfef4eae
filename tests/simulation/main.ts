import { parseArguments, type SimulateArguments } from "./arguments.ts";
import { simulate } from "./simulation.ts";
import { sweep } from "./sweep.ts";
import { START_MS } from "./virtual_clock.ts";

// deno task simulate --seed N [--nodes N] [--faults KIND,KIND] [--trace]
// deno task simulate --seeds N [--from N] [--nodes N] [--faults KIND,KIND] [--workers N] [--stop]

const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

async function replay(
  seed: number,
  { nodes, kinds, hasTrace }: SimulateArguments,
): Promise<boolean> {
  const lines: string[] = [];
  const { violation, scrapes, virtualMs } = await simulate({
    seed,
    nodes,
    kinds,
    tell: (atMs, line) => {
      const told = `${((atMs - START_MS) / 1000).toFixed(3).padStart(9)} ${line}`;
      if (hasTrace) print(told);
      else lines.push(told);
    },
  });
  if (violation !== null) { for (const line of lines.slice(-40)) print(line); }
  print(
    `seed ${seed}: ${(virtualMs / 1000).toFixed(1)} s simulated, ${JSON.stringify(scrapes)}, ` +
      (violation === null ? "every promise kept" : `BROKEN ${violation.promise}`),
  );
  return violation === null;
}

const args = parseArguments(Deno.args);
const isGood = args.seed === null
  ? (await sweep({ ...args, print })).failed.length === 0
  : await replay(args.seed, args);
if (!isGood) Deno.exit(1);

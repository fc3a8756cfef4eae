import { parseArguments, type SimulateArguments } from "./arguments.ts";
import { expectationsOf, type SeedReport } from "./seed_run.ts";
import { simulate } from "./simulation.ts";
import { Tally } from "./tally.ts";

// deno task simulate --seed N [--nodes N] [--trace] [--strict]
// deno task simulate --seeds N [--from N] [--nodes N] [--strict] [--workers N]

const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

async function replay(seed: number, { nodes, isStrict, hasTrace }: SimulateArguments) {
  const lines: string[] = [];
  const { violation, scrapes, virtualMs } = await simulate({
    seed,
    nodes,
    expect: expectationsOf(isStrict),
    tell: (atMs, line) => {
      const told = `${((atMs - 1_000_000) / 1000).toFixed(3).padStart(9)} ${line}`;
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

async function sweep(args: SimulateArguments): Promise<boolean> {
  const { from, seeds, nodes, isStrict, workers } = args;
  const tally = new Tally(seeds, performance.now());
  let next = from;
  let printedAtMs = performance.now();
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
      const give = () => {
        if (next < from + seeds) return worker.postMessage({ seed: next++, nodes, isStrict });
        worker.terminate();
        resolve();
      };
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }: MessageEvent<SeedReport>) => {
        tally.add(data);
        if (data.failure !== null) {
          print(`seed ${data.seed}: BROKEN ${data.failure.promise}: ${data.failure.message}`);
          print(
            `  deno task simulate --seed ${data.seed} --nodes ${nodes}` +
              `${isStrict ? " --strict" : ""} --trace`,
          );
        }
        if (performance.now() - printedAtMs > 5_000) {
          printedAtMs = performance.now();
          print(tally.progress(printedAtMs));
        }
        give();
      };
      give();
    });
  await Promise.all(Array.from({ length: workers }, work));
  print(tally.progress(performance.now()));
  print(tally.summary());
  return tally.failed.length === 0;
}

const args = parseArguments(Deno.args);
const isGood = args.seed === null ? await sweep(args) : await replay(args.seed, args);
if (!isGood) Deno.exit(1);

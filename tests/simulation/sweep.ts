import type { SeedReport } from "./seed_run.ts";
import { Tally } from "./tally.ts";

/** Which worlds are looked at, and how. */
export interface SweepOptions {
  readonly from: number;
  readonly seeds: number;
  /** The most nodes of a world at a time. */
  readonly nodes: number;
  /** The only kinds of faults there may be; none for all. */
  readonly kinds: readonly string[];
  readonly workers: number;
  /** Whether no further world is begun once a promise is broken. */
  readonly stopsAtFirst: boolean;
  readonly print: (line: string) => void;
}

const PROGRESS_MS = 5_000;

/** Runs many seeds in workers. Prints each that breaks a promise with the command that replays it. */
export async function sweep(options: SweepOptions): Promise<Tally> {
  const { from, seeds, nodes, kinds, workers, print } = options;
  const replay = `--nodes ${nodes}${kinds.length === 0 ? "" : ` --faults ${kinds}`} --trace`;
  const tally = new Tally(seeds, performance.now());
  let next = from;
  let printedAtMs = performance.now();
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
      const give = () => {
        const isOver = options.stopsAtFirst && tally.failed.length > 0;
        if (next < from + seeds && !isOver) {
          return worker.postMessage({ seed: next++, nodes, kinds });
        }
        worker.terminate();
        resolve();
      };
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }: MessageEvent<SeedReport>) => {
        tally.add(data);
        if (data.failure !== null) {
          print(`seed ${data.seed}: BROKEN ${data.failure.promise}: ${data.failure.message}`);
          print(`  deno task simulate --seed ${data.seed} ${replay}`);
        }
        if (performance.now() - printedAtMs > PROGRESS_MS) {
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
  return tally;
}

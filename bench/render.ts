import type { ChunkUse } from "../src/exposition/chunk_writer.ts";
import { TextRenderer } from "../src/exposition/text.ts";
import { OPEN_TELEMETRY, PROM_CLIENT, timesLess } from "./bars.ts";
import type { Comparison } from "./comparison.ts";
import { SAMPLES_PER_LABEL_SET, Workload } from "./workload.ts";

/** A scrape of one process: ours down to bytes, the others' to the string that they end with. */
export function renderings(): Comparison[] {
  return [1_000, 10_000].flatMap((labelSets) => {
    const workload = new Workload({ labelSets, openTelemetry: true });
    return [rendering(workload, labelSets, 1), rendering(workload, labelSets, 100)];
  });
}

function rendering(workload: Workload, labelSets: number, step: number): Comparison {
  const { muster, promClient, openTelemetry } = workload.registries;
  const renderer = new TextRenderer();
  const isSmall = labelSets < 10_000;
  const render = (use: ChunkUse) => {
    muster.shard.stamp();
    for (const chunk of renderer.render(muster.shard, null, use)) void chunk;
  };
  // Each contender is timed after a change of its own, or the second would find everything unchanged.
  const prepare = () => workload.change(step);
  return {
    title: `render ${labelSets * SAMPLES_PER_LABEL_SET / 1000}k samples, ` +
      (step === 1 ? "all changed" : `${100 / step} % changed`),
    unit: "ms",
    operations: 1,
    runs: isSmall ? 41 : 15,
    warmups: isSmall ? 15 : 5,
    // The small registry is there to compare; its few milliseconds are no goal of their own.
    note: "One chunk is lent again and again, as it is to gzip, which every Prometheus asks for.",
    bars: isSmall ? [] : [timesLess(step === 1 ? 15 : 30)],
    contenders: [
      { name: "Muster", prepare, run: () => render("lent") },
      { name: "Muster, chunks to keep", prepare, run: () => render("kept") },
      { name: PROM_CLIENT, prepare, run: async () => void await promClient.metrics() },
      { name: OPEN_TELEMETRY, prepare, run: async () => void await openTelemetry.metrics() },
    ],
    verify: async () => {
      workload.change();
      await workload.verify();
    },
  };
}

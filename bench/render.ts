import { TextRenderer } from "../src/exposition/text.ts";
import type { Comparison } from "./comparison.ts";
import { assertSameSamples } from "./same_samples.ts";
import { SAMPLES_PER_LABEL_SET, Workload } from "./workload.ts";

/** A scrape of one process: ours down to bytes, prom-client's to the string that it ends with. */
export function renderings(): Comparison[] {
  return [1_000, 10_000].flatMap((labelSets) => {
    const workload = new Workload(labelSets);
    return [rendering(workload, labelSets, 1), rendering(workload, labelSets, 100)];
  });
}

function rendering(workload: Workload, labelSets: number, step: number): Comparison {
  const renderer = new TextRenderer();
  const isSmall = labelSets < 10_000;
  // Each contender is timed after a change of its own, or the second would find everything unchanged.
  const prepare = () => workload.change(step);
  return {
    title: `render ${labelSets * SAMPLES_PER_LABEL_SET / 1000}k samples, ` +
      `${100 / step} % of them changed`,
    unit: "ms",
    operations: 1,
    runs: isSmall ? 31 : 11,
    warmups: isSmall ? 10 : 4,
    muster: {
      prepare,
      run: () => {
        workload.muster.shard.stamp();
        for (const chunk of renderer.render(workload.muster.shard)) void chunk;
      },
    },
    promClient: { prepare, run: async () => void await workload.promClient.metrics() },
    verify: async () => {
      workload.change();
      workload.muster.shard.stamp();
      const bytes = await new Blob([...renderer.render(workload.muster.shard)]).text();
      assertSameSamples(bytes, await workload.promClient.metrics());
    },
  };
}

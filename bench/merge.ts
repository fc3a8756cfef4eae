import { AggregatorRegistry, type MetricObject } from "prom-client";
import { PROM_CLIENT, timesLess } from "./bars.ts";
import { Peer, Scraped } from "./cluster.ts";
import type { Comparison } from "./comparison.ts";
import { assertSameSamples } from "./same_samples.ts";
import { SAMPLES_PER_LABEL_SET, Workload } from "./workload.ts";

const NODES = 50;
const LABEL_SETS = 1_000;
const SHARDS = `${NODES} shards × ${LABEL_SETS * SAMPLES_PER_LABEL_SET / 1000}k samples`;
const RUN = { unit: "ms", operations: 1, runs: 15, warmups: 6 } as const;

/** A scrape of a cluster: ours against prom-client's aggregation of its workers. */
export async function merges(): Promise<Comparison[]> {
  const peers = Array.from(
    { length: NODES },
    (_, i) => new Peer(i + 1, new Workload({ labelSets: LABEL_SETS, seed: i + 1 })),
  );
  for (const peer of peers) peer.stamp();
  const dumps = await Promise.all(peers.map(async ({ workload }) => {
    return JSON.stringify(await workload.registries.promClient.getMetricsAsJSON());
  }));
  const parse = () => dumps.map((dump) => JSON.parse(dump) as MetricObject[]);
  const aggregate = (parsed: MetricObject[][]) => AggregatorRegistry.aggregate(parsed).metrics();
  const theirs = await aggregate(parse());
  // What prom-client reads stays the same, since how long it takes does not depend on the values.
  const promClient = { name: PROM_CLIENT, run: async () => void await aggregate(parse()) };
  const first = peers.map((peer) => peer.answer(0, 0));

  const scraped = new Scraped();
  let messages: Uint8Array<ArrayBuffer>[] = [];
  const known: Comparison = {
    ...RUN,
    title: `decode, merge and render ${SHARDS}, all cells changed, layouts known`,
    bars: [timesLess(200)],
    contenders: [
      {
        name: "Muster",
        prepare: () => {
          for (const peer of peers) {
            peer.workload.changeMuster();
            peer.stamp();
          }
          messages = peers.map((peer) => peer.answerWithCells());
        },
        run: () => {
          for (const message of messages) scraped.receive(message);
          scraped.render();
        },
      },
      promClient,
    ],
    verify: async () => {
      for (const message of first) scraped.receive(message);
      assertSameSamples(await new Blob(scraped.exposition()).text(), theirs);
    },
  };
  const firstContact = () => {
    const fresh = new Scraped();
    for (const message of first) fresh.receive(message);
    return fresh;
  };
  return [known, {
    ...RUN,
    title: `the same at first contact, layouts included`,
    bars: [timesLess(50)],
    contenders: [{ name: "Muster", run: () => firstContact().render() }, promClient],
    verify: async () =>
      assertSameSamples(await new Blob(firstContact().exposition()).text(), theirs),
  }];
}

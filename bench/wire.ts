import { assert, assertEquals } from "@std/assert";
import { PROM_CLIENT, timesLess } from "./bars.ts";
import { Peer, Scraped } from "./cluster.ts";
import { type Outcome, spread } from "./comparison.ts";
import { assertSameSamples } from "./same_samples.ts";
import { Workload } from "./workload.ts";

const LABEL_SETS = 1_000;
const WHAT = `${LABEL_SETS} label sets × (counter + 11-bucket histogram)`;

/** What the metrics of a node take on the wire: counts are integers, sums are not. */
export async function wireBytes(): Promise<Outcome[]> {
  const workload = new Workload({ labelSets: LABEL_SETS });
  const { muster, promClient } = workload.registries;
  const peer = new Peer(1, workload);
  const scraped = new Scraped();
  peer.stamp();
  scraped.receive(peer.answer(0, 0));
  workload.changeCells();
  peer.stamp();
  const { seq, layout } = muster.shard;
  const full = peer.answerWithCells();
  scraped.receive(full);
  assertSameSamples(await new Blob(scraped.exposition()).text(), await promClient.metrics());
  const fullJson = JSON.stringify(await promClient.getMetricsAsJSON());

  workload.changeCells(10);
  peer.stamp();
  const changed = peer.answer(seq, layout.revision);
  scraped.receive(changed);
  assertSameSamples(await new Blob(scraped.exposition()).text(), await promClient.metrics());
  const json = JSON.stringify(await promClient.getMetricsAsJSON());
  assert(changed.length < full.length);
  assertEquals(json.length > 1_000_000, true);
  return [
    row(`on the wire, ${WHAT}, all cells`, full, fullJson, 16),
    row(`on the wire, the same, 10 % of the label sets changed`, changed, json, 100),
  ];
}

function row(title: string, bytes: Uint8Array, json: string, times: number): Outcome {
  const jsonBytes = new TextEncoder().encode(json).length;
  return {
    title,
    unit: "kB",
    spreads: [spread("Muster", [bytes.length / 1000]), spread(PROM_CLIENT, [jsonBytes / 1000])],
    bars: [timesLess(times)],
    note: "prom-client's workers always send all of their JSON.",
  };
}

import { AggregatorRegistry, type MetricObject } from "prom-client";
import { DeltaMaker } from "../src/cluster/delta.ts";
import type { Identity } from "../src/cluster/identity.ts";
import { Replica } from "../src/cluster/replica.ts";
import { decodeMessage, encodeMessage } from "../src/cluster/wire/message_codec.ts";
import { TextRenderer } from "../src/exposition/text.ts";
import type { Contribution } from "../src/metrics/merge/contribution.ts";
import { Merger } from "../src/metrics/merge/merger.ts";
import type { Comparison } from "./comparison.ts";
import { assertSameSamples } from "./same_samples.ts";
import { SAMPLES_PER_LABEL_SET, Workload } from "./workload.ts";

const NODES = 50;
const LABEL_SETS = 1_000;
const TITLE = `${NODES} nodes of ${LABEL_SETS * SAMPLES_PER_LABEL_SET / 1000}k samples as one`;
const RUN = { unit: "ms", operations: 1, runs: 7, warmups: 3 } as const;

/** What a peer has of one node: its own metrics, and the copy that is merged. */
interface Peer {
  readonly workload: Workload;
  readonly identity: Identity;
  readonly replica: Replica;
}

/** A scrape of a cluster: ours against prom-client's aggregation of its workers. */
export async function merges(): Promise<Comparison[]> {
  const peers = Array.from({ length: NODES }, (_, i) => peer(i));
  for (const { workload } of peers) workload.change();
  const dumps = await Promise.all(
    peers.map(async ({ workload }) => JSON.stringify(await workload.promClient.getMetricsAsJSON())),
  );
  for (const one of peers) receive(one, changes(one));
  const contributions = peers.map(contribution);
  const merger = new Merger();
  const renderer = new TextRenderer();
  const ours = () => [...renderer.render(merger.merge(contributions))];
  const theirs = (parsed: MetricObject[][]) => AggregatorRegistry.aggregate(parsed).metrics();
  const parse = () => dumps.map((dump) => JSON.parse(dump) as MetricObject[]);
  const parsed = parse();
  const verify = async () => assertSameSamples(await new Blob(ours()).text(), await theirs(parsed));
  let messages: Uint8Array<ArrayBuffer>[] = [];
  return [
    {
      ...RUN,
      title: `merge and render ${TITLE}`,
      verify,
      muster: { run: () => void ours() },
      promClient: { run: async () => void await theirs(parsed) },
    },
    {
      ...RUN,
      title: `decode, merge and render ${TITLE}, all of them changed`,
      verify,
      muster: {
        prepare: () => {
          for (const { workload } of peers) workload.change();
          messages = peers.map(changes);
        },
        run: () => {
          peers.forEach((one, i) => receive(one, messages[i]!));
          ours();
        },
      },
      promClient: { run: async () => void await theirs(parse()) },
    },
  ];
}

function peer(i: number): Peer {
  const identity = {
    node: `node-${i}`,
    incarnation: i.toString(16).padStart(16, "0"),
    startedAtMs: i,
    version: "1",
    address: "",
  };
  const replica = new Replica(identity, 2_000_000);
  return { workload: new Workload(LABEL_SETS, i + 1), identity, replica };
}

function contribution({ identity, replica }: Peer): Contribution {
  const { node, incarnation, startedAtMs } = identity;
  return { node, incarnation, startedAtMs, shard: replica, life: "live", gaugesShown: true };
}

/** The answer of a node that is asked for all that is newer than the copy. */
function changes({ workload, identity, replica }: Peer): Uint8Array<ArrayBuffer> {
  const { shard } = workload.muster;
  shard.stamp();
  const have = { sinceSeq: replica.seq, revision: replica.layout.revision, resume: null };
  const { delta } = new DeltaMaker().make(
    { identity, departure: null, shard, ageMs: 0 },
    have,
    Infinity,
  );
  return encodeMessage({
    hello: { ...identity, cluster: "bench", complete: true, leaving: false },
    digest: null,
    want: null,
    shards: [delta],
    departed: null,
    more: [],
  });
}

function receive({ replica }: Peer, bytes: Uint8Array<ArrayBuffer>): void {
  const decoded = decodeMessage(bytes);
  if (decoded.kind !== "message") throw new Error(`BUG: a message of kind ${decoded.kind}`);
  const delta = decoded.message.shards[0]!;
  const verdict = replica.check(delta);
  if (verdict.kind !== "fits") throw new Error(`BUG: a delta that is ${verdict.kind}`);
  replica.apply(delta, verdict.changes, 0);
}

import { type Outcome, spread } from "./comparison.ts";
import { OneOfMany, type RoundCost } from "./crowd.ts";
import { transportMs } from "./transport.ts";

const HEARTBEAT_MS = 1_000;
const WARMUP_ROUNDS = 20;
/** Of a thousand nodes, every tenth moves cells. */
const ROUNDS = 30;
const EXCHANGES = 300;

/** A cluster, and the most of a core that its background may take on a node, in percent. */
interface Size {
  readonly nodes: number;
  readonly samples: number;
  readonly percentMax: number | null;
}

/** At a thousand nodes with 15k samples, one node's copies alone would take gigabytes. */
const SIZES: readonly Size[] = [
  { nodes: 10, samples: 15_000, percentMax: null },
  { nodes: 50, samples: 15_000, percentMax: 2 },
  { nodes: 200, samples: 15_000, percentMax: 5 },
  { nodes: 1_000, samples: 1_500, percentMax: null },
];

/** What the background costs each node: a round a second, with all that peers ask of it meanwhile. */
export async function clusterRounds(): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const size of SIZES) {
    const one = new OneOfMany(size.nodes, size.samples);
    one.start();
    for (let round = 0; round < WARMUP_ROUNDS; round++) await one.round();
    if (one.held.held !== one.held.known) throw new Error("BUG: not all shards have come");
    const costs: RoundCost[] = [];
    for (let round = 0; round < ROUNDS; round++) costs.push(await one.round());
    outcomes.push(...await outcomesOf(size, costs));
  }
  return outcomes;
}

async function outcomesOf(
  { nodes, samples, percentMax }: Size,
  costs: readonly RoundCost[],
): Promise<Outcome[]> {
  const mean = (of: (cost: RoundCost) => number) =>
    costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length;
  const requests = mean((cost) => cost.requests);
  // Requests are digests; answers are digests too, and all of the cells.
  const digestBytes = mean((cost) => cost.sentBytes - cost.cellBytes) / (2 * requests);
  const answerBytes = digestBytes + mean((cost) => cost.cellBytes) / requests;
  const eachMs = await transportMs(Math.round(digestBytes), Math.round(answerBytes), EXCHANGES);
  const transport = eachMs * requests;
  const percent = (ms: number) => ms / HEARTBEAT_MS * 100;
  const work = costs.map(({ cpuMs }) => cpuMs);
  // Not every round moves cells where nodes are many: what counts is the mean, over rounds in groups.
  const groups = groupsOf(work, 10).map((group) => percent(group + transport));
  const limit = percentMax === null ? null : `the limit of ${percentMax} %`;
  const title = `background of each of ${nodes} nodes × ${samples / 1000}k samples`;
  return [{
    title: `${title}, CPU`,
    unit: "% of a core",
    spreads: [
      spread("Muster", groups),
      spread("of it HTTP and signatures", [percent(transport)]),
      ...(limit === null ? [] : [spread(limit, [percentMax!])]),
    ],
    bars: limit === null ? [] : [{ against: limit, kind: "within", times: 1 }],
    note:
      "A tenth of the cells changes every second. One real node, and a crowd that answers and asks " +
      "as the others would; HTTP and signatures are measured over loopback and added.",
  }, {
    title: `${title}, sent`,
    unit: "kB/s",
    spreads: [
      spread("Muster", [mean((cost) => cost.sentBytes) / 1000]),
      spread("of it cells", [mean((cost) => cost.cellBytes) / 1000]),
    ],
    bars: [],
  }];
}

/** The means of neighbouring values, `size` at a time. */
function groupsOf(values: readonly number[], size: number): number[] {
  const means: number[] = [];
  for (let at = 0; at + size <= values.length; at += size) {
    means.push(values.slice(at, at + size).reduce((sum, value) => sum + value, 0) / size);
  }
  return means;
}

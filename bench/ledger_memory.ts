// Measures what departed incarnations take, in a process of its own:
// `deno run -A --v8-flags=--expose-gc bench/ledger_memory.ts`. Prints MiB kept apart, and folded.
import { ClusterState } from "../src/cluster/cluster_state.ts";
import { DeltaMaker } from "../src/cluster/delta.ts";
import type { Identity } from "../src/cluster/identity.ts";
import { LEDGER_LIMITS } from "../src/cluster/ledger.ts";
import { Replica } from "../src/cluster/replica.ts";
import { Roster } from "../src/cluster/roster.ts";
import { decodeMessage, encodeMessage } from "../src/cluster/wire/message_codec.ts";
import { DEFAULT_BUCKETS } from "../src/metrics/histogram.ts";
import { Registry } from "../src/metrics/registry.ts";

const DEPARTED = 500;
/** A counter, and a histogram's 12 buckets, sum and count: 15 samples each. */
const LABEL_SETS = 1_000;
const TIMES = { heartbeatMs: 1_000, suspectAfterMs: 5_000, downAfterMs: 10_000 };
const LABELS = ["method", "route"] as const;

const collectGarbage = (globalThis as { readonly gc?: () => void }).gc;
if (collectGarbage === undefined) throw new Error("Run it with --v8-flags=--expose-gc");

function mebibytesInUse(): number {
  for (let i = 0; i < 5; i++) collectGarbage!();
  const { heapUsed, external } = Deno.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

function identityOf(number: number): Identity {
  const incarnation = number.toString(16).padStart(16, "0");
  return { node: `pod-${number}`, incarnation, startedAtMs: number, version: "", address: "" };
}

/** What a process that makes its series in an order of its own sends when it leaves. */
function goodbyeOf(number: number): Uint8Array<ArrayBuffer> {
  const registry = new Registry({ wallMs: () => number * 1_000 });
  const counter = registry.counter({ name: "http_requests_total", help: "R.", labels: LABELS });
  const histogram = registry.histogram({
    name: "http_request_seconds",
    help: "T.",
    labels: LABELS,
    buckets: DEFAULT_BUCKETS,
  });
  for (let i = 0; i < LABEL_SETS; i++) {
    const at = (i * 7 + number) % LABEL_SETS;
    const labels = { method: at % 2 === 0 ? "GET" : "POST", route: `/api/v1/items/${at >> 1}` };
    counter.inc(labels, at + 1);
    for (let value = 0; value < 12; value++) histogram.observe(labels, value + 0.1);
  }
  registry.shard.stamp();
  const identity = identityOf(number);
  const source = { identity, departure: "left", shard: registry.shard, ageMs: 0 } as const;
  const { delta } = new DeltaMaker().make(
    source,
    { sinceSeq: 0, revision: 0, resume: null },
    Infinity,
  );
  return encodeMessage({
    hello: { ...identity, cluster: "bench", complete: true, leaving: true },
    digest: null,
    want: null,
    shards: [delta],
    departed: null,
    folded: null,
    base: null,
    more: [],
  });
}

function depart(state: ClusterState, number: number): void {
  const decoded = decodeMessage(goodbyeOf(number));
  if (decoded.kind !== "message") throw new Error(`BUG: ${JSON.stringify(decoded)}`);
  const [delta] = decoded.message.shards;
  const replica = new Replica(delta!.identity, 1_000_000);
  const verdict = replica.check(delta!);
  if (verdict.kind !== "fits") throw new Error(`BUG: ${JSON.stringify(verdict)}`);
  replica.apply(delta!, verdict.changes, 0);
  state.ledger.add(replica, "left", 0);
}

const self = identityOf(0);
const state = new ClusterState(self, new Registry().shard, new Roster(self, TIMES, 0), 0);
// Once beforehand, so that code and tables that all shards share are not counted.
depart(state, DEPARTED + 1);
state.ledger.take(identityOf(DEPARTED + 1).incarnation);
const before = mebibytesInUse();
for (let number = 1; number <= DEPARTED; number++) depart(state, number);
const apart = mebibytesInUse() - before;
if (state.ledger.due(1).length > 0) throw new Error("BUG: they don't fit into the ledger");
while (state.ledger.shards.size > 0) state.foldGone(LEDGER_LIMITS.foldAfterMs);
const folded = mebibytesInUse() - before;
const { base, shards } = state.ledger;
if (base.ids.size !== DEPARTED || shards.size > 0) throw new Error("BUG: not all were folded");
const text = `${apart.toFixed(1)} ${folded.toFixed(1)}\n`;
Deno.stdout.writeSync(new TextEncoder().encode(text));

import { ClusterState } from "../src/cluster/cluster_state.ts";
import { contributionsOf } from "../src/cluster/contributions.ts";
import { DeltaMaker } from "../src/cluster/delta.ts";
import { Exchange } from "../src/cluster/exchange.ts";
import type { Identity } from "../src/cluster/identity.ts";
import { PageStage } from "../src/cluster/page_stage.ts";
import { Roster } from "../src/cluster/roster.ts";
import { decodeMessage, encodeMessage } from "../src/cluster/wire/message_codec.ts";
import type { ChunkUse } from "../src/exposition/chunk_writer.ts";
import { TextRenderer } from "../src/exposition/text.ts";
import { Merger } from "../src/metrics/merge/merger.ts";
import { Registry } from "../src/metrics/registry.ts";
import type { Workload } from "./workload.ts";

const CLUSTER = "bench";
const TIMES = { heartbeatMs: 1_000, suspectAfterMs: 5_000, downAfterMs: 10_000 };
const OPTIONS = { cluster: CLUSTER, bodyBytesMax: 64 * 2 ** 20, cellsMax: 2_000_000 };

/** A node that is asked for its shard. */
export class Peer {
  readonly workload: Workload;
  readonly #identity: Identity;
  #revision = 0;

  constructor(number: number, workload: Workload) {
    this.workload = workload;
    this.#identity = identityOf(number);
  }

  /** Publishes what was counted. */
  stamp(): void {
    this.workload.registries.muster.shard.stamp();
  }

  /** The answer to who knows the first `revision` rows of the layout, and the cells up to `sinceSeq`. */
  answer(sinceSeq: number, revision: number): Uint8Array<ArrayBuffer> {
    const { shard } = this.workload.registries.muster;
    const source = { identity: this.#identity, departure: null, shard, ageMs: 0 };
    const { delta } = new DeltaMaker().make(source, { sinceSeq, revision, resume: null }, Infinity);
    return encodeMessage({
      hello: { ...this.#identity, cluster: CLUSTER, complete: true, leaving: false },
      digest: null,
      want: null,
      shards: [delta],
      departed: null,
      folded: null,
      base: null,
      more: [],
    });
  }

  /** An answer with all cells, to who has the layout already. */
  answerWithCells(): Uint8Array<ArrayBuffer> {
    return this.answer(0, this.workload.registries.muster.shard.layout.revision);
  }
}

/** A node that is scraped: it takes in what the others answer, and shows all of them as one. */
export class Scraped {
  readonly #state = new ClusterState(
    identityOf(0),
    new Registry().shard,
    new Roster(identityOf(0), TIMES, 0),
    0,
  );
  readonly #exchange = new Exchange(this.#state, OPTIONS);
  readonly #merger = new Merger();
  readonly #renderer = new TextRenderer();

  /** Takes in an answer, with every check that a node makes. */
  receive(bytes: Uint8Array): void {
    const decoded = decodeMessage(bytes);
    if (decoded.kind !== "message") throw new Error(`BUG: a message of kind ${decoded.kind}`);
    const { message } = decoded;
    const problem = this.#exchange.absorber.problemOf(message, 0);
    if (problem !== null) throw new Error(`BUG: ${problem}`);
    const { refused, wanted } = this.#exchange.absorber.absorb(message, new PageStage(0), 0, 0);
    if (refused.length + wanted.length > 0) throw new Error("BUG: a shard was not taken");
  }

  /** Renders the exposition of all nodes as for gzip, which every Prometheus asks for. */
  render(): void {
    for (const chunk of this.#chunks("lent")) void chunk;
  }

  /** The same, kept. */
  exposition(): Uint8Array<ArrayBuffer>[] {
    return [...this.#chunks("kept")];
  }

  #chunks(use: ChunkUse): Iterable<Uint8Array<ArrayBuffer>> {
    const merged = this.#merger.merge(contributionsOf(this.#state, new Set(), 0));
    return this.#renderer.render(merged, null, use);
  }
}

function identityOf(number: number): Identity {
  return {
    node: `node-${number}`,
    incarnation: number.toString(16).padStart(16, "0"),
    startedAtMs: number,
    version: "1",
    address: "",
  };
}

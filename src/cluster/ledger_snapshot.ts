import { decodeBase, encodeBase } from "./wire/base_codec.ts";
import { ByteReader, WireError } from "./wire/byte_reader.ts";
import { ByteWriter } from "./wire/byte_writer.ts";
import type { ShardDelta } from "./wire/message.ts";
import { readShard, writeShard } from "./wire/shard_codec.ts";
import type { ClusterState } from "./cluster_state.ts";
import { DeltaMaker } from "./delta.ts";
import type { FoldedImage } from "./folded_base.ts";

// "MSTL", the version, and what follows, up to a checksum.
const MAGIC = [0x4d, 0x53, 0x54, 0x4c];
const VERSION = 1;
const NAME_BYTES_MAX = 512;
const FROM_NOTHING = { sinceSeq: 0, revision: 0, resume: null };

/** All that a node knew of what had been counted, by itself and by others. */
export interface LedgerSnapshot {
  readonly base: FoldedImage;
  readonly shards: readonly ShardDelta[];
}

/** What came of reading a snapshot. */
export type DecodedSnapshot =
  | { readonly kind: "snapshot"; readonly snapshot: LedgerSnapshot }
  | { readonly kind: "unusable"; readonly reason: string };

/**
 * Writes everything that counts: the base, and the shards of this node, of its peers and of those that
 * are gone. In steps, between which other work may be done; what was folded when it began is.
 */
export function* snapshotInSteps(
  state: ClusterState,
  cluster: string,
  nowMs: number,
): Generator<void, Uint8Array<ArrayBuffer>, void> {
  const to = new ByteWriter();
  to.bytes(Uint8Array.from(MAGIC));
  to.varint(VERSION);
  to.string(cluster);
  const shards = [
    { identity: state.self, shard: state.own },
    ...Array.from(state.replicas.values(), (shard) => ({ identity: shard.identity, shard })),
    ...Array.from(state.ledger.shards.values(), ({ replica: shard }) => (
      { identity: shard.identity, shard }
    )),
  ];
  const base = encodeBase(state.ledger.base.image(), nowMs);
  to.varint(base.length);
  to.bytes(base);
  to.varint(shards.length);
  const deltas = new DeltaMaker();
  for (const { identity, shard } of shards) {
    yield;
    const source = { identity, departure: "lost", shard, ageMs: Infinity } as const;
    const { delta } = deltas.make(source, FROM_NOTHING, Infinity);
    to.section(0, (body) => writeShard(body, delta));
  }
  yield;
  to.checksum();
  return to.finish();
}

/** Reads a snapshot that a node of the same cluster wrote, or says why it can't be used. */
export function decodeSnapshot(
  bytes: Uint8Array,
  cluster: string,
  cellsMax: number,
  nowMs: number,
): DecodedSnapshot {
  try {
    const from = new ByteReader(bytes);
    for (const byte of MAGIC) {
      if (from.left === 0 || from.bytes(1)[0] !== byte) from.fail(`"MSTL" must begin a snapshot`);
    }
    const version = from.varint();
    if (version !== VERSION) from.fail(`the version must be ${VERSION}: received ${version}`);
    return readBody(from.checked(), cluster, cellsMax, nowMs);
  } catch (error) {
    if (error instanceof WireError) return { kind: "unusable", reason: error.message };
    throw error;
  }
}

function readBody(
  from: ByteReader,
  cluster: string,
  cellsMax: number,
  nowMs: number,
): DecodedSnapshot {
  const written = from.string(NAME_BYTES_MAX, "a cluster's name");
  if (written !== cluster) {
    return { kind: "unusable", reason: `it is of the cluster "${written}", not "${cluster}"` };
  }
  const base = decodeBase(from.bytes(from.varint()), cellsMax, nowMs);
  const count = from.count(from.left, "the number of shards");
  const shards: ShardDelta[] = [];
  for (let i = 0; i < count; i++) {
    from.varint();
    shards.push(readShard(from.part(from.varint())));
  }
  return { kind: "snapshot", snapshot: { base, shards } };
}

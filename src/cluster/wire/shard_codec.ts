import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { readCells, writeCells } from "./cells_codec.ts";
import { wholeAge } from "./digest_codec.ts";
import { readDeparture, readIdentity, writeDeparture, writeIdentity } from "./identity_codec.ts";
import { readAdditions, writeAdditions } from "./layout_codec.ts";
import type { ShardDelta } from "./message.ts";
import { readMark, writeMark } from "./want_codec.ts";

/** The bytes of deltas that are sent to many; null until one was sent. */
const kept = new WeakMap<ShardDelta, Uint8Array | null>();

/** Says that a delta will be written again and again: it is encoded once. */
export function keepEncoded(shard: ShardDelta): ShardDelta {
  kept.set(shard, null);
  return shard;
}

/** Writes a shard section. */
export function writeShard(to: ByteWriter, shard: ShardDelta): void {
  const known = kept.get(shard);
  if (known === undefined) return writeParts(to, shard);
  if (known !== null) return to.bytes(known);
  const from = to.length;
  writeParts(to, shard);
  kept.set(shard, to.copyFrom(from));
}

function writeParts(to: ByteWriter, shard: ShardDelta): void {
  writeIdentity(to, shard.identity);
  writeDeparture(to, shard.departure);
  to.varint(shard.seq);
  to.varint(shard.sinceSeq);
  to.varint(wholeAge(shard.ageMs));
  writeMark(to, shard.next);
  to.varint(shard.layoutFrom);
  writeAdditions(to, shard.additions);
  writeCells(to, shard.cells);
}

/** Reads a shard section. */
export function readShard(from: ByteReader): ShardDelta {
  return {
    identity: readIdentity(from),
    departure: readDeparture(from),
    seq: from.varint(),
    sinceSeq: from.varint(),
    ageMs: from.varint(),
    next: readMark(from),
    layoutFrom: from.varint(),
    additions: readAdditions(from),
    cells: readCells(from),
  };
}

import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { readCells, writeCells } from "./cells_codec.ts";
import { wholeAge } from "./digest_codec.ts";
import { readDeparture, readIdentity, writeDeparture, writeIdentity } from "./identity_codec.ts";
import { readAdditions, writeAdditions } from "./layout_codec.ts";
import type { ShardDelta } from "./message.ts";
import { readMark, writeMark } from "./want_codec.ts";

/** Writes a shard section. */
export function writeShard(to: ByteWriter, shard: ShardDelta): void {
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

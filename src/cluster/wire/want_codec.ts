import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import type { PageMark, Want, WantedShard } from "./message.ts";
import { rowCount } from "./row_count.ts";

// Places in this list are the numbers of the wire: append only.
const WANTS: readonly Want["kind"][] = ["digest", "newer", "own", "listed", "base"];
/** What a wanted shard takes at least. */
const WANTED_BYTES_MIN = 11;

/** Writes the want section. */
export function writeWant(to: ByteWriter, want: Want): void {
  to.varint(WANTS.indexOf(want.kind));
  if (want.kind === "own") {
    writeWanted(to, want.have === null ? [] : [want.have]);
  } else if (want.kind === "listed") {
    writeWanted(to, want.shards);
  } else if (want.kind === "base") {
    to.id(want.hash);
    to.varint(want.offset);
  }
}

/** Reads the want section. */
export function readWant(from: ByteReader): Want {
  const kind = WANTS[from.count(WANTS.length - 1, "what is wanted")]!;
  if (kind === "own") return { kind, have: readWanted(from)[0] ?? null };
  if (kind === "listed") return { kind, shards: readWanted(from) };
  if (kind === "base") return { kind, hash: from.id(), offset: from.varint() };
  return { kind };
}

/** Writes shards that are asked for. */
export function writeWanted(to: ByteWriter, shards: readonly WantedShard[]): void {
  to.varint(shards.length);
  for (const shard of shards) {
    to.id(shard.incarnation);
    to.varint(shard.sinceSeq);
    to.varint(shard.revision);
    writeMark(to, shard.resume);
  }
}

/** Reads shards that are asked for. */
export function readWanted(from: ByteReader): WantedShard[] {
  const count = rowCount(from, WANTED_BYTES_MIN, "wanted shards");
  return Array.from({ length: count }, () => ({
    incarnation: from.id(),
    sinceSeq: from.varint(),
    revision: from.varint(),
    resume: readMark(from),
  }));
}

/** Writes where a page ended; null for nowhere. */
export function writeMark(to: ByteWriter, mark: PageMark | null): void {
  to.varint(mark === null ? 0 : 1);
  if (mark === null) return;
  to.varint(mark.seq);
  to.varint(mark.cell);
}

/** Reads where a page ended. */
export function readMark(from: ByteReader): PageMark | null {
  if (from.count(1, "whether a page mark follows") === 0) return null;
  return { seq: from.varint(), cell: from.varint() };
}

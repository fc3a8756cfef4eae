import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { readDeparture, writeDeparture } from "./identity_codec.ts";
import type { DepartedRow, Digest } from "./message.ts";
import { rowCount } from "./row_count.ts";

/** Ages above this, 34 years, are all one; that of what was never heard is infinite. */
const AGE_MS_MAX = 2 ** 40;
// What a row takes at least.
const DIGEST_ROW_BYTES_MIN = 12;
const DEPARTED_BYTES_MIN = 10;

/** An age as the wire carries it, in whole milliseconds. */
export function wholeAge(ageMs: number): number {
  return Math.min(AGE_MS_MAX, Math.max(0, Math.round(ageMs)));
}

/** Writes the digest section. */
export function writeDigest(to: ByteWriter, digest: Digest): void {
  to.id(digest.departedHash);
  to.id(digest.baseHash);
  to.varint(digest.rows.length);
  for (const row of digest.rows) {
    to.id(row.incarnation);
    to.varint(row.heardSeq);
    to.varint(Math.max(0, row.heardSeq - row.heldSeq));
    to.varint(wholeAge(row.ageMs));
    to.varint(row.revision);
  }
}

/** Reads the digest section. */
export function readDigest(from: ByteReader): Digest {
  const departedHash = from.id();
  const baseHash = from.id();
  const count = rowCount(from, DIGEST_ROW_BYTES_MIN, "digest rows");
  const rows = Array.from({ length: count }, () => {
    const incarnation = from.id();
    const heardSeq = from.varint();
    const heldSeq = heardSeq - from.count(heardSeq, "how far a copy is behind");
    return { incarnation, heardSeq, heldSeq, ageMs: from.varint(), revision: from.varint() };
  });
  return { departedHash, baseHash, rows };
}

/** Writes the section of departed rows. */
export function writeDeparted(to: ByteWriter, rows: readonly DepartedRow[]): void {
  to.varint(rows.length);
  for (const row of rows) {
    to.id(row.incarnation);
    to.varint(row.seq);
    writeDeparture(to, row.departure);
  }
}

/** Reads the section of departed rows. */
export function readDeparted(from: ByteReader): DepartedRow[] {
  const count = rowCount(from, DEPARTED_BYTES_MIN, "departed rows");
  return Array.from({ length: count }, () => {
    const incarnation = from.id();
    const seq = from.varint();
    const departure = readDeparture(from);
    return { incarnation, seq, departure: departure ?? from.fail("a departure must not be none") };
  });
}

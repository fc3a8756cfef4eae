import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import type { BasePart, FoldedRow, FoldedSummary } from "./message.ts";
import { rowCount } from "./row_count.ts";

/** What a folded row takes at least. */
const FOLDED_ROW_BYTES_MIN = 9;

/** Writes which incarnations were folded. */
export function writeFoldedRows(to: ByteWriter, rows: readonly FoldedRow[]): void {
  to.varint(rows.length);
  for (const { incarnation, seq } of rows) {
    to.id(incarnation);
    to.varint(seq);
  }
}

/** Reads which incarnations were folded. */
export function readFoldedRows(from: ByteReader): FoldedRow[] {
  const count = rowCount(from, FOLDED_ROW_BYTES_MIN, "folded rows");
  return Array.from({ length: count }, () => ({ incarnation: from.id(), seq: from.varint() }));
}

/** Writes the folded section. */
export function writeFoldedSummary(to: ByteWriter, { count, rows }: FoldedSummary): void {
  to.varint(count);
  writeFoldedRows(to, rows);
}

/** Reads the folded section. */
export function readFoldedSummary(from: ByteReader): FoldedSummary {
  return { count: from.varint(), rows: readFoldedRows(from) };
}

/** Writes the section with a part of a base. */
export function writeBasePart(to: ByteWriter, part: BasePart): void {
  to.id(part.hash);
  to.varint(part.bytesTotal);
  to.varint(part.offset);
  to.bytes(part.bytes);
}

/** Reads the section with a part of a base. */
export function readBasePart(from: ByteReader): BasePart {
  const hash = from.id();
  const bytesTotal = from.varint();
  const offset = from.count(bytesTotal, "the offset of a part of the base");
  if (from.left > bytesTotal - offset) from.fail("a part of the base must end where the base does");
  return { hash, bytesTotal, offset, bytes: from.bytes(from.left) };
}

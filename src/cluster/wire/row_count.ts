import type { ByteReader } from "./byte_reader.ts";

/** How many rows follow, each of at least `bytesMin` bytes: no count asks for more than was sent. */
export function rowCount(from: ByteReader, bytesMin: number, rows: string): number {
  return from.count(Math.floor(from.left / bytesMin), `the number of ${rows}`);
}

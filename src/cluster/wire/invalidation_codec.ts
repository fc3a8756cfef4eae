import type { Invalidation, InvalidationNews, LogPart, LogRow } from "../invalidation.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { rowCount } from "./row_count.ts";

/** A cache's name takes at most so many bytes. */
export const CACHE_NAME_BYTES_MAX = 128;
/** A key or a tag takes at most so many bytes. */
export const KEY_BYTES_MAX = 4_096;

// Places in this list are the numbers of the wire: append only.
const KINDS: readonly Invalidation["kind"][] = ["key", "tag", "clear"];
/** Ages above this, 34 years, are as good as never. */
const AGE_MS_MAX = 2 ** 40;
// What each takes at least.
const ROW_BYTES_MIN = 10;
const PART_BYTES_MIN = 10;
const ENTRY_BYTES_MIN = 3;

/** Writes the section of invalidations. */
export function writeInvalidations(to: ByteWriter, { rows, parts }: InvalidationNews): void {
  to.varint(rows.length);
  for (const { incarnation, position, ageMs, isEnded } of rows) {
    to.id(incarnation);
    to.varint(position);
    // 0 is never; an age is rounded up, since it must not look younger than it is.
    const age = ageMs === null || ageMs > AGE_MS_MAX ? 0 : Math.max(0, Math.ceil(ageMs)) + 1;
    to.varint(2 * age + (isEnded ? 1 : 0));
  }
  to.varint(parts.length);
  for (const { incarnation, after, entries } of parts) {
    to.id(incarnation);
    to.varint(after);
    to.varint(entries.length);
    for (const { kind, cache, name } of entries) {
      to.varint(KINDS.indexOf(kind));
      to.string(cache);
      to.string(name);
    }
  }
  if (rows.every(({ forgottenAgeMs }) => forgottenAgeMs === null)) return;
  for (const { forgottenAgeMs } of rows) {
    // 0 is never. Rounded down, since what was forgotten must not look older than it is.
    const isNever = forgottenAgeMs === null || forgottenAgeMs > AGE_MS_MAX;
    to.varint(isNever ? 0 : Math.max(0, Math.floor(forgottenAgeMs)) + 1);
  }
}

/** Reads the section of invalidations. */
export function readInvalidations(from: ByteReader): InvalidationNews {
  const rowsCount = rowCount(from, ROW_BYTES_MIN, "rows of logs");
  const bare = Array.from({ length: rowsCount }, (): Omit<LogRow, "forgottenAgeMs"> => {
    const incarnation = from.id();
    const position = from.varint();
    const word = from.count(2 * AGE_MS_MAX + 3, "the age of a log");
    const age = Math.floor(word / 2);
    return { incarnation, position, ageMs: age === 0 ? null : age - 1, isEnded: word % 2 === 1 };
  });
  const partsCount = rowCount(from, PART_BYTES_MIN, "parts of logs");
  const parts = Array.from({ length: partsCount }, (): LogPart => {
    const incarnation = from.id();
    const after = from.varint();
    const count = rowCount(from, ENTRY_BYTES_MIN, "invalidations");
    return { incarnation, after, entries: Array.from({ length: count }, () => readEntry(from)) };
  });
  // Who has forgotten nothing ends here.
  const hasForgotten = from.left > 0;
  const rows = bare.map((row): LogRow => {
    const age = hasForgotten ? from.count(AGE_MS_MAX + 1, "the age of what is forgotten") : 0;
    return { ...row, forgottenAgeMs: age === 0 ? null : age - 1 };
  });
  return { rows, parts };
}

function readEntry(from: ByteReader): Invalidation {
  const kind = KINDS[from.count(KINDS.length - 1, "the kind of an invalidation")]!;
  const cache = from.string(CACHE_NAME_BYTES_MAX, "a cache's name");
  return { kind, cache, name: from.string(KEY_BYTES_MAX, "a key or tag") };
}

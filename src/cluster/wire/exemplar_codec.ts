import { type Exemplar, exemplarProblem } from "../../metrics/exemplars.ts";
import { type ExemplarMark, type ExemplarNews, EXEMPLARS_TOLD_MAX } from "../exemplar_news.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";

const HAS = 1;
const TOLD = 2;
const CELL_MAX = 2 ** 31;
/** An exemplar's labels have at most 128 characters together, of at most four bytes each. */
const TEXT_BYTES_MAX = 512;
const LABELS_MAX = 128;

/** Writes the section of exemplars. */
export function writeExemplars(to: ByteWriter, { has, told }: ExemplarNews): void {
  to.varint((has === null ? 0 : HAS) | (told === null ? 0 : TOLD));
  if (has !== null) writeMark(to, has);
  if (told === null) return;
  writeMark(to, told);
  to.varint(told.exemplars.length);
  for (const { cell, exemplar: { labels, value, timestampMs } } of told.exemplars) {
    to.varint(cell);
    to.float64(value);
    to.float64(timestampMs);
    const pairs = Object.entries(labels);
    to.varint(pairs.length);
    for (const [name, text] of pairs) {
      to.string(name);
      to.string(text);
    }
  }
}

/** Reads the section of exemplars. */
export function readExemplars(from: ByteReader): ExemplarNews {
  const parts = from.count(HAS | TOLD, "the parts of the exemplars");
  const has = (parts & HAS) === 0 ? null : readMark(from);
  if ((parts & TOLD) === 0) return { has, told: null };
  const mark = readMark(from);
  const count = from.count(EXEMPLARS_TOLD_MAX, "the number of exemplars");
  const exemplars = Array.from({ length: count }, () => {
    return { cell: from.count(CELL_MAX, "a cell's number"), exemplar: readExemplar(from) };
  });
  return { has, told: { ...mark, exemplars } };
}

function writeMark(to: ByteWriter, { incarnation, position }: ExemplarMark): void {
  to.id(incarnation);
  to.varint(position);
}

function readMark(from: ByteReader): ExemplarMark {
  return { incarnation: from.id(), position: from.varint() };
}

function readExemplar(from: ByteReader): Exemplar {
  const value = from.float64();
  const timestampMs = from.float64();
  const count = from.count(LABELS_MAX, "the number of an exemplar's labels");
  const pairs = Array.from({ length: count }, () => [
    from.string(TEXT_BYTES_MAX, "an exemplar's label"),
    from.string(TEXT_BYTES_MAX, "an exemplar's label value"),
  ]);
  const labels = Object.fromEntries(pairs);
  const problem = exemplarProblem(labels);
  if (problem !== null) from.fail(`an exemplar's ${problem}`);
  return { labels, value, timestampMs };
}

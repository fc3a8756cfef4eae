import { BIN_INDEX_MAX, type BinSign, SCHEMA_MAX, SCHEMA_MIN } from "../../metrics/bin.ts";
import type { FamilyDef, MergeMode, MetricType } from "../../metrics/family.ts";
import type { SeriesBatch } from "../../metrics/series_batch.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { LayoutAdditions, type OtherAddition } from "./layout_additions.ts";

// The numbers of the wire are places in these lists: append only.
const TYPES: readonly MetricType[] = [
  "counter",
  "gauge",
  "histogram",
  "summary",
  "native_histogram",
  "info",
  "state_set",
];
const MERGES: readonly MergeMode[] = ["add", "per_node", "sum", "min", "max", "avg", "latest"];

const FAMILY = 0;
const SERIES = 1;
const SUM_IS_STATE = 2;
const BIN = 3;
const HIDE = 4;
const SHOW = 5;
const CREATED = 6;
const VOID = 7;
const MARKS = { sum_is_state: SUM_IS_STATE, hide: HIDE, show: SHOW } as const;

const STRING_BYTES_MAX = 16_384;
const LABELS_MAX = 64;
const BOUNDS_MAX = 1022;
const QUANTILES_MAX = 64;
const NUMBER_MAX = 2 ** 31;

/** Strings repeat from series to series: each is written once, and then by its number from 1. */
class StringWriter {
  readonly #numbers = new Map<string, number>();
  readonly #to: ByteWriter;

  constructor(to: ByteWriter) {
    this.#to = to;
  }

  write(value: string): void {
    const number = this.#numbers.get(value);
    this.#to.varint(number ?? 0);
    if (number !== undefined) return;
    this.#numbers.set(value, this.#numbers.size + 1);
    this.#to.string(value);
  }

  writeAll(values: readonly string[]): void {
    this.#to.varint(values.length);
    for (const value of values) this.write(value);
  }
}

/** Reads what {@linkcode StringWriter} wrote, into a table that label values are numbers of. */
class StringReader {
  readonly #from: ByteReader;
  readonly #table: SeriesBatch;
  /** The numbers of what was read together last, and then of what was there before. */
  readonly numbers: number[] = [];

  constructor(from: ByteReader, table: SeriesBatch) {
    this.#from = from;
    this.#table = table;
  }

  read(what: string): string {
    return this.#table.stringAt(this.#readNumber(what));
  }

  /** Reads strings, whose {@linkcode StringReader.numbers} are to be had then; returns how many. */
  readAll(what: string): number {
    const count = this.#from.varint();
    if (count > LABELS_MAX) {
      this.#from.fail(`the number of ${what}s must be at most ${LABELS_MAX}: received ${count}`);
    }
    for (let i = 0; i < count; i++) this.numbers[i] = this.#readNumber(what);
    return count;
  }

  readNames(): string[] {
    const count = this.readAll("label name");
    return this.numbers.slice(0, count).map((number) => this.#table.stringAt(number));
  }

  #readNumber(what: string): number {
    const number = this.#from.varint();
    if (number === 0) return this.#table.addString(this.#from.string(STRING_BYTES_MAX, what));
    const known = this.#table.stringCount;
    if (number <= known) return number - 1;
    return this.#from.fail(`the number of ${what} must be at most ${known}: received ${number}`);
  }
}

/** Writes rows of a layout. */
export function writeAdditions(to: ByteWriter, additions: LayoutAdditions): void {
  const strings = new StringWriter(to);
  to.varint(additions.count);
  for (const addition of additions) {
    if (addition.kind !== "series") {
      writeOther(to, strings, addition);
      continue;
    }
    to.varint(SERIES);
    to.varint(addition.family);
    to.varint(addition.firstCell);
    strings.writeAll(addition.labelValues);
  }
}

function writeOther(to: ByteWriter, strings: StringWriter, addition: OtherAddition): void {
  switch (addition.kind) {
    case "family": {
      const { name, help, type, unit, merge, labelNames, bounds, quantiles = [] } = addition.family;
      to.varint(FAMILY);
      strings.write(name);
      strings.write(help);
      to.varint(TYPES.indexOf(type));
      strings.write(unit);
      to.varint(MERGES.indexOf(merge));
      strings.writeAll(labelNames);
      to.varint(bounds.length);
      for (const bound of bounds) to.float64(bound);
      if (type !== "summary") return;
      to.varint(quantiles.length);
      for (const quantile of quantiles) to.float64(quantile);
      return;
    }
    case "bin":
      to.varint(BIN);
      to.varint(addition.series);
      to.varint((addition.schema - SCHEMA_MIN) * 3 + addition.sign + 1);
      to.varint(addition.index < 0 ? -2 * addition.index - 1 : 2 * addition.index);
      to.varint(addition.cell);
      return;
    case "created":
      to.varint(CREATED);
      to.varint(Math.max(0, Math.floor(addition.atMs)));
      return;
    case "void":
      to.varint(VOID);
      to.varint(addition.rows);
      return;
    case "sum_is_state":
    case "hide":
    case "show":
      to.varint(MARKS[addition.kind]);
      to.varint(addition.series);
  }
}

/** Reads rows of a layout; throws a `WireError` for what no writer writes. */
export function readAdditions(from: ByteReader): LayoutAdditions {
  const count = from.count(from.left, "the number of layout rows");
  const additions = LayoutAdditions.reused();
  const strings = new StringReader(from, additions.series);
  for (let i = 0; i < count; i++) {
    const kind = from.varint();
    if (kind !== SERIES) {
      additions.push(readOther(kind, from, strings));
      continue;
    }
    const family = from.count(NUMBER_MAX, "a family's number");
    const firstCell = from.count(NUMBER_MAX, "a cell's number");
    const labelCount = strings.readAll("label value");
    additions.series.push(family, strings.numbers, labelCount, firstCell);
  }
  return additions;
}

function readOther(kind: number, from: ByteReader, strings: StringReader): OtherAddition {
  switch (kind) {
    case FAMILY:
      return { kind: "family", family: readFamily(from, strings) };
    case SUM_IS_STATE:
      return { kind: "sum_is_state", series: readSeriesNumber(from) };
    case HIDE:
      return { kind: "hide", series: readSeriesNumber(from) };
    case SHOW:
      return { kind: "show", series: readSeriesNumber(from) };
    case BIN: {
      const series = readSeriesNumber(from);
      const shape = from.count((SCHEMA_MAX - SCHEMA_MIN + 1) * 3 - 1, "a bin's schema and sign");
      const schema = Math.floor(shape / 3) + SCHEMA_MIN;
      const sign = (shape % 3 - 1) as BinSign;
      const folded = from.count(2 * BIN_INDEX_MAX, "a bin's index");
      const index = folded % 2 === 1 ? -(folded + 1) / 2 : folded / 2;
      const cell = from.count(NUMBER_MAX, "a cell's number");
      return { kind: "bin", series, schema, sign, index, cell };
    }
    case CREATED:
      return { kind: "created", atMs: from.varint() };
    case VOID:
      return { kind: "void", rows: from.count(NUMBER_MAX, "a number of void rows") };
    default:
      return from.fail(`a layout row's kind must be 0 to ${VOID}: received ${kind}`);
  }
}

function readSeriesNumber(from: ByteReader): number {
  return from.count(NUMBER_MAX, "a series' number");
}

function readFamily(from: ByteReader, strings: StringReader): FamilyDef {
  const name = strings.read("a family's name");
  const help = strings.read("a help text");
  const type = TYPES[from.count(TYPES.length - 1, "a metric type")]!;
  const unit = strings.read("a unit");
  const merge = MERGES[from.count(MERGES.length - 1, "a merge mode")]!;
  const labelNames = strings.readNames();
  const bounds = readFloats(from, BOUNDS_MAX, "the number of buckets");
  const family = { name, help, type, unit, merge, labelNames, bounds };
  if (type !== "summary") return family;
  return { ...family, quantiles: readFloats(from, QUANTILES_MAX, "the number of quantiles") };
}

function readFloats(from: ByteReader, max: number, what: string): number[] {
  const floats: number[] = [];
  const count = from.count(max, what);
  for (let i = 0; i < count; i++) floats.push(from.float64());
  return floats;
}

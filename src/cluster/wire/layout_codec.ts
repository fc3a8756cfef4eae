import type { MergeMode, MetricType } from "../../metrics/family.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import type { LayoutAddition } from "./message.ts";

// The numbers of the wire are places in these lists: append only.
const TYPES: readonly MetricType[] = ["counter", "gauge", "histogram"];
const MERGES: readonly MergeMode[] = ["add", "per_node", "sum", "min", "max", "avg", "latest"];

const FAMILY = 0;
const SERIES = 1;
const SUM_IS_STATE = 2;

const STRING_BYTES_MAX = 16_384;
const LABELS_MAX = 64;
const BOUNDS_MAX = 1022;
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

class StringReader {
  readonly #strings: string[] = [];
  readonly #from: ByteReader;

  constructor(from: ByteReader) {
    this.#from = from;
  }

  read(what: string): string {
    const number = this.#from.count(this.#strings.length, `the number of ${what}`);
    if (number > 0) return this.#strings[number - 1]!;
    const value = this.#from.string(STRING_BYTES_MAX, what);
    this.#strings.push(value);
    return value;
  }

  readAll(what: string): string[] {
    const count = this.#from.count(LABELS_MAX, `the number of ${what}s`);
    const values: string[] = [];
    for (let i = 0; i < count; i++) values.push(this.read(what));
    return values;
  }
}

/** Writes rows of a layout. */
export function writeAdditions(to: ByteWriter, additions: readonly LayoutAddition[]): void {
  const strings = new StringWriter(to);
  to.varint(additions.length);
  for (const addition of additions) writeAddition(to, strings, addition);
}

function writeAddition(to: ByteWriter, strings: StringWriter, addition: LayoutAddition): void {
  switch (addition.kind) {
    case "family": {
      const { name, help, type, unit, merge, labelNames, bounds } = addition.family;
      to.varint(FAMILY);
      strings.write(name);
      strings.write(help);
      to.varint(TYPES.indexOf(type));
      strings.write(unit);
      to.varint(MERGES.indexOf(merge));
      strings.writeAll(labelNames);
      to.varint(bounds.length);
      for (const bound of bounds) to.float64(bound);
      return;
    }
    case "series":
      to.varint(SERIES);
      to.varint(addition.family);
      to.varint(addition.firstCell);
      strings.writeAll(addition.labelValues);
      return;
    case "sum_is_state":
      to.varint(SUM_IS_STATE);
      to.varint(addition.series);
  }
}

/** Reads rows of a layout; throws a `WireError` for what no writer writes. */
export function readAdditions(from: ByteReader): LayoutAddition[] {
  const strings = new StringReader(from);
  // A row takes two bytes at least, so a count can't ask for more memory than was sent.
  const count = from.count(from.left, "the number of layout rows");
  const additions: LayoutAddition[] = [];
  for (let i = 0; i < count; i++) additions.push(readAddition(from, strings));
  return additions;
}

function readAddition(from: ByteReader, strings: StringReader): LayoutAddition {
  const kind = from.varint();
  switch (kind) {
    case FAMILY: {
      const name = strings.read("a family's name");
      const help = strings.read("a help text");
      const type = TYPES[from.count(TYPES.length - 1, "a metric type")]!;
      const unit = strings.read("a unit");
      const merge = MERGES[from.count(MERGES.length - 1, "a merge mode")]!;
      const labelNames = strings.readAll("label name");
      const bounds: number[] = [];
      const boundCount = from.count(BOUNDS_MAX, "the number of buckets");
      for (let i = 0; i < boundCount; i++) bounds.push(from.float64());
      return { kind: "family", family: { name, help, type, unit, merge, labelNames, bounds } };
    }
    case SERIES: {
      const family = from.count(NUMBER_MAX, "a family's number");
      const firstCell = from.count(NUMBER_MAX, "a cell's number");
      return { kind: "series", family, firstCell, labelValues: strings.readAll("label value") };
    }
    case SUM_IS_STATE:
      return { kind: "sum_is_state", series: from.count(NUMBER_MAX, "a series' number") };
    default:
      return from.fail(`a layout row's kind must be 0 to 2: received ${kind}`);
  }
}

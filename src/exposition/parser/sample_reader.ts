import type { FamilyBook } from "./family_book.ts";
import { LabelReader } from "./label_reader.ts";
import type { LineCursor } from "./line_cursor.ts";
import { readMetricName } from "./name_reader.ts";
import { parseNumber, readNumber } from "./number_reader.ts";
import type { ParsedExemplar } from "./parsed_family.ts";
import type { SampleSlot } from "./sample_slot.ts";

const SPACE = 32;
const OPEN = 123;
const CLOSE = 125;
const HASH = 35;
/** OpenMetrics 1.0, "Exemplars": code points of all names and values together. */
const EXEMPLAR_LENGTH_MAX = 128;
const EXEMPLAR_ROLES: readonly string[] = ["value", "bucket"];
const TEXT_TIMESTAMP = /^-?[0-9]{1,19}$/;

/** Reads sample lines into their families. */
export class SampleReader {
  readonly #book: FamilyBook;
  readonly #labels: LabelReader;
  #last: SampleSlot | null = null;

  constructor(book: FamilyBook, labelsMax: number) {
    this.#book = book;
    this.#labels = new LabelReader(labelsMax);
  }

  /** A HELP, TYPE or UNIT line may have changed whose a name is. */
  forget(): void {
    this.#last = null;
  }

  /** Reads the line at the cursor. */
  read(cursor: LineCursor): void {
    const start = cursor.at;
    let slot = this.#last;
    let threshold = slot === null ? undefined : goOn(cursor, slot);
    let labelValues: readonly string[];
    if (threshold !== undefined) {
      labelValues = slot!.runValues;
      if (!slot!.goOn(threshold)) failAscent(cursor, slot!, start);
    } else {
      slot = this.#readLabelled(cursor);
      const { values } = this.#labels;
      labelValues = values;
      if (slot.thresholdLabel === undefined) {
        if (!slot.see(cursor.text, this.#labels)) {
          cursor.fail("the series must be there once, it is there again", start);
        }
        threshold = NaN;
      } else {
        threshold = this.#takeThreshold(cursor, slot, start);
        if (!slot.seeThreshold(cursor.text, this.#labels, threshold)) {
          failAscent(cursor, slot, start);
        }
      }
    }
    // As Prometheus reads text 0.0.4: nothing has to stand between "}" and a value.
    const isAfterLabels = cursor.text.charCodeAt(cursor.at - 1) === CLOSE;
    if (cursor.isLenient && isAfterLabels) cursor.skipBlanks();
    else cursor.skipSeparator("the value");
    const value = readNumber(cursor, "a value");
    const exemplar = cursor.at === cursor.end ? null : readRest(cursor, slot!);
    const { role, plainNames: labelNames } = slot!;
    slot!.family.samples.push({ role, labelNames, labelValues, threshold, value, exemplar });
  }

  #readLabelled(cursor: LineCursor): SampleSlot {
    const start = cursor.at;
    const labels = this.#labels;
    const last = this.#last;
    if (last !== null && isNamed(cursor, last.name)) {
      cursor.at += last.name.length;
      labels.read(cursor, last.names, false);
      if (labels.names !== last.names) last.keepNames(labels.names);
      return last;
    }
    let name = readMetricName(cursor);
    if (name === "" && cursor.peek() !== OPEN) {
      cursor.fail("a line must be a comment or begin with a metric name");
    }
    cursor.skipOptionalBlanksBefore(OPEN);
    // Who reads the labels has to know the name, which may be among them.
    let slot = name === "" ? null : this.#book.slotOf(cursor, name, start);
    labels.read(cursor, slot?.names ?? [], name === "");
    if (slot === null) {
      name = labels.metricName ?? "";
      if (name === "") cursor.fail("a metric name must be there", start);
      slot = this.#book.slotOf(cursor, name, start);
    }
    if (labels.names !== slot.names) slot.keepNames(labels.names);
    this.#last = slot;
    return slot;
  }

  #takeThreshold(cursor: LineCursor, slot: SampleSlot, start: number): number {
    const { values } = this.#labels;
    const label = slot.thresholdLabel!;
    if (slot.thresholdAt < 0) cursor.fail(`a ${slot.role} must have a label "${label}"`, start);
    const threshold = thresholdOf(slot, values[slot.thresholdAt]!);
    if (threshold !== undefined) return threshold;
    const rule = slot.role === "bucket" ? "a number" : "a number from 0 to 1";
    cursor.fail(`the label "${label}" must be ${rule}`, start);
  }
}

/**
 * Reads name and labels of the same series with another threshold, which is what most lines of a
 * histogram are; undefined, and nothing is read, if the line is anything else.
 */
function goOn(cursor: LineCursor, slot: SampleSlot): number | undefined {
  const { text, at: start, end } = cursor;
  const { name, runStart, runEnd } = slot;
  if (runStart === "" || !isNamed(cursor, name)) return undefined;
  const at = start + name.length;
  if (!text.startsWith(runStart, at)) return undefined;
  const from = at + runStart.length;
  const close = text.indexOf('"', from);
  if (close < 0 || close >= end || !text.startsWith(runEnd, close)) return undefined;
  const threshold = thresholdOf(slot, text.slice(from, close));
  // The end holds no newline, so it is within the line.
  if (threshold !== undefined) cursor.at = close + runEnd.length;
  return threshold;
}

function thresholdOf(slot: SampleSlot, text: string): number | undefined {
  const threshold = parseNumber(text);
  if (threshold === undefined || Number.isNaN(threshold)) return undefined;
  if (slot.role === "quantile" && !(threshold >= 0 && threshold <= 1)) return undefined;
  return threshold;
}

function failAscent(cursor: LineCursor, { role, thresholdLabel }: SampleSlot, at: number): never {
  cursor.fail(`the ${role}s of a series must ascend by "${thresholdLabel}", each there once`, at);
}

/** Whether the name stands here as a whole. */
function isNamed({ text, at, end }: LineCursor, name: string): boolean {
  const after = at + name.length;
  if (after >= end) return false;
  const code = text.charCodeAt(after);
  return (code === OPEN || code === SPACE) && text.startsWith(name, at);
}

/** Reads what follows the value: a timestamp, which is only checked, and an exemplar. */
function readRest(cursor: LineCursor, slot: SampleSlot): ParsedExemplar | null {
  cursor.skipTrailingBlanks();
  if (cursor.at === cursor.end) return null;
  cursor.skipSeparator("a timestamp");
  if (cursor.isLenient) {
    const start = cursor.at;
    readNumber(cursor, "a timestamp");
    if (!TEXT_TIMESTAMP.test(cursor.text.slice(start, cursor.at))) {
      cursor.fail("a timestamp must be a whole number of milliseconds", start);
    }
    cursor.skipTrailingBlanks();
  } else if (cursor.peek() !== HASH) {
    readSeconds(cursor);
    if (cursor.at === cursor.end) return null;
    cursor.skipSeparator("an exemplar");
  }
  if (cursor.at === cursor.end) return null;
  if (cursor.isLenient || cursor.peek() !== HASH) cursor.fail("the line must end here");
  if (!EXEMPLAR_ROLES.includes(slot.role) || slot.family.type === "gauge") {
    cursor.fail("only a counter or a bucket may have an exemplar");
  }
  return readExemplar(cursor);
}

function readExemplar(cursor: LineCursor): ParsedExemplar {
  cursor.at++;
  cursor.skipSeparator("the labels of an exemplar");
  const start = cursor.at;
  if (cursor.peek() !== OPEN) cursor.fail("an exemplar must have labels");
  const labels = new LabelReader(EXEMPLAR_LENGTH_MAX);
  labels.read(cursor, [], false);
  const length = [...labels.names.join("") + labels.values.join("")].length;
  if (length > EXEMPLAR_LENGTH_MAX) {
    cursor.fail(
      `the labels of an exemplar must have at most ${EXEMPLAR_LENGTH_MAX} characters`,
      start,
    );
  }
  cursor.skipSeparator("the value of an exemplar");
  const value = readNumber(cursor, "the value of an exemplar");
  let timestampSeconds: number | null = null;
  if (cursor.at < cursor.end) {
    cursor.skipSeparator("the timestamp of an exemplar");
    timestampSeconds = readSeconds(cursor);
  }
  if (cursor.at < cursor.end) cursor.fail("the line must end here");
  return { labelNames: labels.names, labelValues: labels.values, value, timestampSeconds };
}

function readSeconds(cursor: LineCursor): number {
  const start = cursor.at;
  const seconds = readNumber(cursor, "a timestamp");
  if (!Number.isFinite(seconds)) cursor.fail("a timestamp must be finite", start);
  return seconds;
}

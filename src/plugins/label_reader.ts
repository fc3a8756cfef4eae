import type { Metadata } from "../telemetry/bus.ts";
import type { LabelMapper } from "./label_mappers.ts";
import type { SeriesLabels } from "./instrument.ts";

/** UTF-16 units of a label's value; what is longer is cut, since nobody reads it. */
export const LABEL_LENGTH_MAX = 256;

/** Where a value comes from, and what is made of it. */
export interface Column {
  /** The metadata's key. */
  readonly key: string;
  readonly mapper: LabelMapper | null;
}

/** Reads the columns of an event's metadata into `values`. */
export type ColumnReader = (metadata: Metadata, values: string[]) => void;

/** Makes the labels of one metric from the values of columns. */
export type LabelMaker = (values: readonly string[]) => SeriesLabels;

/**
 * A reader that is compiled for its keys, so that V8 learns where in the metadata of this one event
 * each of them is; see `compileCall`, which does the same for labels.
 */
export function columnReader(columns: readonly Column[]): ColumnReader {
  const mappers = columns.map(({ mapper }) => mapper);
  const steps = columns.map(({ key, mapper }, i) => {
    const text = `typeof value${i} === "string" && value${i}.length <= ${LABEL_LENGTH_MAX} ` +
      `? value${i} : text(value${i})`;
    return `const value${i} = metadata[${JSON.stringify(key)}];
      values[${i}] = ${mapper === null ? text : `map${i}(${text})`};`;
  });
  const source = `return function read(metadata, values) { ${steps.join("\n")} };`;
  const scope = Object.fromEntries(mappers.map((mapper, i) => [`map${i}`, mapper]));
  return compiled<ColumnReader>(source, { ...scope, text: labelText }) ?? ((metadata, values) => {
    for (let i = 0; i < columns.length; i++) {
      const text = labelText(metadata[columns[i]!.key]);
      values[i] = mappers[i]?.(text) ?? text;
    }
  });
}

/** Makes labels of the columns with the given numbers. */
export function labelMaker(labels: readonly string[], columns: readonly number[]): LabelMaker {
  const parts = labels.map((label, i) => `${JSON.stringify(label)}: values[${columns[i]}]`);
  const source = `return function make(values) { return { ${parts.join(", ")} }; };`;
  return compiled<LabelMaker>(source, {}) ??
    ((values) => Object.fromEntries(labels.map((label, i) => [label, values[columns[i]!]!])));
}

/** Null where code must not be made from text. Only keys and labels get into it, which are quoted. */
function compiled<F>(source: string, scope: Readonly<Record<string, unknown>>): F | null {
  try {
    return new Function(...Object.keys(scope), source)(...Object.values(scope)) as F;
  } catch (error) {
    if (error instanceof EvalError) return null;
    throw error;
  }
}

/** A label that an event does not carry is empty, and so is one that is no text, number or boolean. */
function labelText(value: unknown): string {
  if (typeof value === "string") {
    return value.length <= LABEL_LENGTH_MAX ? value : value.slice(0, LABEL_LENGTH_MAX);
  }
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

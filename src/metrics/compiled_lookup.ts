import { keyOf, type LabelValue } from "./label_values.ts";

/** What is below one label value, by the next label's. */
export type Branch<T> = Map<string, Branch<T> | T>;

/** Labels as callers write them. */
export type Labels = Readonly<Record<string, LabelValue>>;

/** What is done with the series of some labels, and up to two more arguments. */
export type Use<T, A, B, R> = (series: T, a?: A, b?: B) => R;

/** Does something with the series of the labels that it is given. */
export type LabelledCall<A, B, R> = (labels: Labels, a?: A, b?: B) => R;

/**
 * A call that looks up its labels and does `use` with what is kept under them, or `other` where that is
 * nothing, or the labels are not those declared. It is compiled for one family's labels; null where
 * code must not be made from text (`--disallow-code-generation-from-strings`).
 *
 * It is what every labelled increment goes through. Written once for all families, its property reads
 * and calls would be shared by all of them, and V8 could not settle on where any family's labels are,
 * nor put what is done with a series in the place of the call: with a few families it would take half
 * as long again. With code of its own each family has reads and calls of its own. Only label names get
 * into that text, which are identifiers by their rule and are quoted all the same.
 */
export function compileCall<T, A, B, R>(
  root: Branch<T>,
  labelNames: readonly string[],
  use: Use<T, A, B, R>,
  other: LabelledCall<A, B, R>,
): LabelledCall<A, B, R> | null {
  const reads = labelNames.map((name, i) => `const value${i} = labels[${JSON.stringify(name)}];`);
  // All keys are strings, so that a value that is none is found at the second try alone.
  const steps = labelNames.map((_, i) =>
    `let branch${i + 1} = branch${i}.get(value${i});
     if (branch${i + 1} === undefined) {
       if (typeof value${i} === "string") return other(labels, a, b);
       branch${i + 1} = branch${i}.get(keyOf(value${i}));
       if (branch${i + 1} === undefined) return other(labels, a, b);
     }`
  );
  const source = `return function call(labels, a, b) {
    if (labels === undefined || labels === null) return other(labels, a, b);
    ${reads.join("\n")}
    ${steps.join("\n")}
    let count = 0;
    for (const _ in labels) count++;
    if (count !== ${labelNames.length}) return other(labels, a, b);
    return use(branch${labelNames.length}, a, b);
  };`;
  try {
    return new Function("branch0", "keyOf", "use", "other", source)(root, keyOf, use, other);
  } catch (error) {
    if (error instanceof EvalError) return null;
    throw error;
  }
}

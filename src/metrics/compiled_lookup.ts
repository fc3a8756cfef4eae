import { keyOf, type LabelValue } from "./label_values.ts";

/** The handles below one label value, by the next label's. */
export type Branch<H> = Map<string, Branch<H> | H>;

/** Finds what is kept under label values; undefined where there is nothing, or the labels differ. */
export type Lookup<H> = (labels: Readonly<Record<string, LabelValue>>) => H | undefined;

/**
 * A lookup that is compiled for one family's labels, or null where code must not be made from text
 * (`--disallow-code-generation-from-strings`).
 *
 * It is the lookup on every labelled increment. Written once for all families, its property reads would
 * be shared by all of them, and V8 could not settle on where any family's labels are: reading two
 * labels would cost as much as finding them. With code of its own each family has reads of its own.
 * Only label names get into that text, which are identifiers by their rule and are quoted all the same.
 */
export function compileLookup<H>(
  root: Branch<H>,
  labelNames: readonly string[],
): Lookup<H> | null {
  const reads = labelNames.map((name, i) => `const value${i} = labels[${JSON.stringify(name)}];`);
  const steps = labelNames.map((_, i) =>
    `branch = branch.get(typeof value${i} === "string" ? value${i} : keyOf(value${i}));
     if (branch === undefined) return undefined;`
  );
  const source = `return function find(labels) {
    if (labels === undefined || labels === null) return undefined;
    ${reads.join("\n")}
    let branch = root;
    ${steps.join("\n")}
    let count = 0;
    for (const _ in labels) count++;
    return count === ${labelNames.length} ? branch : undefined;
  };`;
  try {
    return new Function("root", "keyOf", source)(root, keyOf) as Lookup<H>;
  } catch (error) {
    if (error instanceof EvalError) return null;
    throw error;
  }
}

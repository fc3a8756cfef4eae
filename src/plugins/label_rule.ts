/**
 * What is done with the values of a label that outsiders can make grow without bound.
 *
 * - `keep`: nothing.
 * - `drop`: no metric has the label.
 * - `hash`: each value is replaced by a short keyed hash of it.
 * - `top`: the busiest so many values stay; the rest are `_other`.
 */
export type LabelRule = "keep" | "drop" | "hash" | { readonly top: number };

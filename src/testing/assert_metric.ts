import { parseExposition } from "../exposition/parser/exposition_parser.ts";
import type { ParsedFamily, ParsedSample } from "../exposition/parser/parsed_family.ts";
import { TextRenderer } from "../exposition/text.ts";
import type { LabelValue } from "../metrics/label_values.ts";
import type { Registry } from "../metrics/registry.ts";

/** Samples that a failure lists. */
const LISTED_MAX = 20;

/**
 * Asserts that a sample shows a value, or with `null` that it does not show. Its name is as `/metrics`
 * has it, with the `_sum`, `_count` or `_bucket` of a histogram. A label that is left out is the empty
 * string; a histogram's `le` and a summary's `quantile` are compared as numbers.
 *
 * @throws {Error} if it shows anything else; the message lists what the name's samples are.
 *
 * @example
 * ```ts
 * import { assertMetric, createTestRuntime } from "@muster/muster/testing";
 *
 * using runtime = createTestRuntime();
 * const orders = runtime.registry.counter({ name: "orders_total", help: "Orders.", labels: ["plan"] });
 * orders.inc({ plan: "pro" }, 2);
 *
 * assertMetric(runtime, "orders_total", { plan: "pro" }, 2);
 * assertMetric(runtime, "orders_total", { plan: "free" }, null);
 * ```
 */
export function assertMetric(
  { registry }: { readonly registry: Registry },
  name: string,
  labels: Readonly<Record<string, LabelValue>>,
  value: number | null,
): void {
  const samples = samplesOf(registry).filter((sample) => sample.name === name);
  const found = samples.find((sample) => hasLabels(sample, labels));
  if ((found?.value ?? null) === value) return;
  if (found !== undefined && Number.isNaN(found.value) && Number.isNaN(value)) return;
  const received = found === undefined ? "nothing" : String(found.value);
  const others = samples.slice(0, LISTED_MAX).map((sample) => `\n  ${lineOf(sample)}`).join("");
  throw new Error(
    `Cannot assert ${name}${JSON.stringify(labels)}: it must show ${value ?? "nothing"}: ` +
      `received ${received}. ` +
      (samples.length === 0 ? "There is no sample of the name." : `There are:${others}`),
  );
}

interface NamedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The label that the format adds, whose value is a number; null for none. */
  readonly added: "le" | "quantile" | null;
  readonly value: number;
}

/** What `/metrics` would show now. */
function samplesOf(registry: Registry): NamedSample[] {
  registry.shard.stamp();
  const chunks = [...new TextRenderer().render(registry.shard)];
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return parseExposition(bytes, "text").flatMap((family) =>
    family.samples.map((sample) => named(family, sample))
  );
}

function named({ name }: ParsedFamily, sample: ParsedSample): NamedSample {
  const { role, labelNames, labelValues, threshold, value } = sample;
  const suffix = role === "value" || role === "quantile" ? "" : `_${role}`;
  const added = role === "bucket" ? "le" : role === "quantile" ? "quantile" : null;
  return {
    name: `${name}${suffix}`,
    labels: {
      ...Object.fromEntries(labelNames.map((label, i) => [label, labelValues[i]!])),
      ...(added === null ? {} : { [added]: `${threshold}` }),
    },
    added,
    value,
  };
}

function hasLabels(sample: NamedSample, wanted: Readonly<Record<string, LabelValue>>): boolean {
  const names = new Set([...Object.keys(sample.labels), ...Object.keys(wanted)]);
  return [...names].every((name) => {
    const has = sample.labels[name] ?? "";
    // As it is exposed, where lone surrogates are all one.
    const wants = String(wanted[name] ?? "").toWellFormed();
    if (name !== sample.added) return has === wants;
    return has !== "" && wants !== "" && numberOf(has) === numberOf(wants);
  });
}

function numberOf(text: string): number {
  return Number(text.replace("+Inf", "Infinity"));
}

function lineOf({ name, labels, value }: NamedSample): string {
  return `${name}${JSON.stringify(labels)} ${value}`;
}

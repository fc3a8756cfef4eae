import { type Exemplar, exemplarProblem } from "../metrics/exemplars.ts";
import { escapeLabelValue } from "./escape.ts";
import { formatNumber } from "./number_format.ts";

/**
 * The most bytes of an exemplar: 128 characters of 4 bytes each, four more for each label of at least
 * one character, two numbers, and the punctuation.
 */
export const EXEMPLAR_BYTES_MAX: number = 128 * 4 + 128 * 4 + 2 * 24 + 16;

const ENCODER = new TextEncoder();

/**
 * Writes an exemplar after a sample's value, as OpenMetrics 1.0 has it: ` # {trace_id="…"} 0.67
 * 1700000000.123`. One whose labels are not allowed is left out. Returns where it ends.
 */
export function writeExemplar(bytes: Uint8Array, at: number, exemplar: Exemplar): number {
  const { labels, value, timestampMs } = exemplar;
  if (exemplarProblem(labels) !== null) return at;
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escapeLabelValue(text)}"`);
  const time = timestampMs === 0 ? "" : ` ${formatNumber(timestampMs / 1000)}`;
  const text = ` # {${pairs.join(",")}} ${formatNumber(value)}${time}`;
  return at + ENCODER.encodeInto(text, bytes.subarray(at)).written;
}

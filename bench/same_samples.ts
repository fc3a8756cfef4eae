import { assertEquals } from "@std/assert";

const LABEL = /([a-zA-Z_]\w*)="([^"]*)"/g;

/**
 * Throws unless two expositions have the same samples. Their order, and spellings such as `le="1"` for
 * `le="1.0"`, may differ, and the last bits of a sum. Good for benchmark labels only: no escapes.
 */
export function assertSameSamples(actual: string, expected: string): void {
  const [ours, theirs] = [samplesOf(actual), samplesOf(expected)];
  assertEquals([...ours.keys()].sort(), [...theirs.keys()].sort());
  for (const [series, value] of ours) {
    const other = theirs.get(series)!;
    if (Math.abs(value - other) > 1e-9 * Math.abs(other)) {
      throw new Error(`The contenders differ in ${series}: ${value} and ${other}`);
    }
  }
}

function samplesOf(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name, labels, value] = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/.exec(line)!;
    const pairs = [...(labels ?? "").matchAll(LABEL)].map(([, label, text]) =>
      `${label}=${label === "le" && text !== "+Inf" ? Number(text) : text}`
    );
    samples.set(`${name}{${pairs.sort().join()}}`, Number(value));
  }
  return samples;
}

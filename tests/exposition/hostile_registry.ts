import { Registry } from "../../src/metrics/registry.ts";

/** Label values made to break a parser, or to forge a series. */
export const HOSTILE_VALUES: readonly string[] = [
  "",
  " ",
  "\\",
  '"',
  "\n",
  "\\n",
  'a",b="c',
  'x"} 1\ninjected_total{z="',
  "{a=,}",
  "# TYPE x counter",
  "\r\n\t",
  "\0",
  "\u2028\u2029\u0085",
  "é😀",
  "\ud800",
  "\uFEFFbom",
  "x".repeat(4096),
];

/** A stamped registry of every type, with each of {@linkcode HOSTILE_VALUES} as a label value. */
export function hostileRegistry(): Registry {
  const registry = new Registry();
  const total = registry.counter({ name: "c_total", help: 'A\\b\n"c"\r.', labels: ["a", "b"] });
  const state = registry.gauge({ name: "g_bytes", help: "Bytes: # HELP", labels: ["a", "b"] });
  const seconds = registry.histogram({ name: "h_seconds", help: "Seconds.", labels: ["a", "b"] });
  HOSTILE_VALUES.forEach((a, i) => {
    const labels = { a, b: HOSTILE_VALUES.at(-1 - i)! };
    total.inc(labels, i + 0.1);
    state.set(labels, -i / 3);
    seconds.observe(labels, i);
  });
  registry.counter({ name: "unused_total", help: "Never used.", labels: ["a"] });
  registry.shard.stamp();
  return registry;
}

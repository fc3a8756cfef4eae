// Measures what a registry takes for each sample, in a process of its own:
// `deno run -A --v8-flags=--expose-gc bench/memory.ts muster` (or `prom-client`).
import { Counter as PromCounter, Histogram as PromHistogram, Registry as Prom } from "prom-client";
import { TextRenderer } from "../src/exposition/text.ts";
import { DEFAULT_BUCKETS } from "../src/metrics/histogram.ts";
import { Registry } from "../src/metrics/registry.ts";

const LABEL_SETS = 10_000;
/** A counter, and a histogram's 12 buckets, sum and count. */
const SAMPLES = LABEL_SETS * 15;
const LABELS = ["method", "route", "status"] as const;
const COUNTER = { name: "http_requests_total", help: "R." };
const HISTOGRAM = { name: "http_request_seconds", help: "T." };

/** A registry that is filled and was scraped; the exposition itself is gone. */
interface Scraped {
  readonly keep: unknown;
  readonly samples: number;
}

const collectGarbage = (globalThis as { readonly gc?: () => void }).gc;
if (collectGarbage === undefined) throw new Error("Run it with --v8-flags=--expose-gc");

function bytesInUse(): number {
  for (let i = 0; i < 5; i++) collectGarbage!();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

function labelsOf(i: number): Record<typeof LABELS[number], string> {
  return {
    method: i % 2 === 0 ? "GET" : "POST",
    route: `/api/v1/items/${i >> 4}`,
    status: String(200 + ((i >> 1) & 7)),
  };
}

function muster(labelSets: number): Scraped {
  const clock = { wallMs: Date.now, nowMs: performance.now.bind(performance) };
  const registry = new Registry({ ...clock, seriesPerFamilyMax: labelSets });
  const renderer = new TextRenderer();
  const counter = registry.counter({ ...COUNTER, labels: LABELS });
  const histogram = registry.histogram({ ...HISTOGRAM, labels: LABELS });
  for (let i = 0; i < labelSets; i++) {
    counter.inc(labelsOf(i), i + 1);
    histogram.observe(labelsOf(i), i % 12);
  }
  registry.shard.stamp();
  let lines = 0;
  for (const chunk of renderer.render(registry.shard)) lines += linesOf(chunk);
  return { keep: [registry, renderer, counter, histogram], samples: lines };
}

async function promClient(labelSets: number): Promise<Scraped> {
  const registry = new Prom();
  const common = { labelNames: LABELS, registers: [registry] };
  const counter = new PromCounter({ ...COUNTER, ...common });
  const histogram = new PromHistogram({ ...HISTOGRAM, ...common, buckets: [...DEFAULT_BUCKETS] });
  for (let i = 0; i < labelSets; i++) {
    counter.inc(labelsOf(i), i + 1);
    histogram.observe(labelsOf(i), i % 12);
  }
  const lines = linesOf(new TextEncoder().encode(await registry.metrics()));
  return { keep: [registry, counter, histogram], samples: lines };
}

function linesOf(text: Uint8Array): number {
  return new TextDecoder().decode(text).split("\n")
    .filter((line) => line !== "" && !line.startsWith("#")).length;
}

const fill = Deno.args[0] === "prom-client" ? promClient : muster;
// Once beforehand, so that code and tables that all registries share are not counted.
await fill(10);
const before = bytesInUse();
const scraped = await fill(LABEL_SETS);
const after = bytesInUse();
// Read after the memory was measured, so that it was all in use. A line may be cut in two by chunks.
if (scraped.keep === null || Math.abs(scraped.samples - SAMPLES) > 1000) {
  throw new Error(`BUG: ${scraped.samples} samples instead of ${SAMPLES}`);
}
const text = `${((after - before) / SAMPLES).toFixed(2)}\n`;
Deno.stdout.writeSync(new TextEncoder().encode(text));

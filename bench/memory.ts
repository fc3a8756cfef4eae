// Measures what a registry takes for each sample: `deno run -A --v8-flags=--expose-gc bench/memory.ts`.
import { TextRenderer } from "../src/exposition/text.ts";
import { Registry } from "../src/metrics/registry.ts";

const LABEL_SETS = 10_000;
/** A counter, and a histogram's 12 buckets, sum and count. */
const SAMPLES = LABEL_SETS * 15;
const LABELS = ["method", "route", "status"] as const;

const collect = (globalThis as { readonly gc?: () => void }).gc;
if (collect === undefined) throw new Error("Run it with --v8-flags=--expose-gc");

function bytesInUse(): number {
  for (let i = 0; i < 5; i++) collect!();
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

function scraped(registry: Registry, renderer: TextRenderer): number {
  registry.shard.stamp();
  let bytes = 0;
  for (const chunk of renderer.render(registry.shard)) bytes += chunk.length;
  return bytes;
}

// Once beforehand, so that code and the renderer's own tables are not counted.
{
  const registry = new Registry();
  registry.histogram({ name: "h", help: "", labels: LABELS }).observe(labelsOf(0), 1);
  scraped(registry, new TextRenderer());
}
const before = bytesInUse();
const registry = new Registry({ wallMs: Date.now, nowMs: performance.now.bind(performance) });
const renderer = new TextRenderer();
const counter = registry.counter({ name: "http_requests_total", help: "R.", labels: LABELS });
const histogram = registry.histogram({ name: "http_request_seconds", help: "T.", labels: LABELS });
for (let i = 0; i < LABEL_SETS; i++) {
  const labels = labelsOf(i);
  counter.inc(labels, i);
  histogram.observe(labels, i % 12);
}
const body = scraped(registry, renderer);
const after = bytesInUse();
const perSample = (after - before) / SAMPLES;
Deno.stdout.writeSync(
  new TextEncoder().encode(
    `${
      perSample.toFixed(1)
    } bytes for each of ${SAMPLES} samples, after a scrape of ${body} bytes\n`,
  ),
);
// Still in use when the memory was measured.
if (registry.seriesCounts().length !== 2 || counter === null || histogram === null || renderer === null) throw new Error("BUG");

import { ZERO_THRESHOLD } from "../metrics/bin.ts";
import { indexOf } from "../metrics/cells.ts";
import { type Exemplar, exemplarProblem } from "../metrics/exemplars.ts";
import type { FamilyDef } from "../metrics/family.ts";
import { type BinCounts, NATIVE_BINS_MAX, quantileOf, readSketch } from "../metrics/sketch.ts";
import { pageWith } from "./family_lines.ts";
import { spansOf } from "./native_spans.ts";
import { writeLabelPair } from "./proto_labels.ts";
import type { ProtoWriter } from "./proto_writer.ts";
import { createdMsOf, type RenderSource } from "./render_source.ts";

// Field numbers: https://github.com/prometheus/client_model, io/prometheus/client/metrics.proto.
const METRIC = { gauge: 2, counter: 3, summary: 4, histogram: 7 } as const;
const COUNTER = { value: 1, exemplar: 2, created: 3 } as const;
const SUMMARY = { count: 1, sum: 2, quantile: 3, created: 4 } as const;
const HISTOGRAM = {
  count: 1,
  sum: 2,
  bucket: 3,
  schema: 5,
  zeroThreshold: 6,
  zeroCount: 7,
  negative: { span: 9, delta: 10 },
  positive: { span: 12, delta: 13 },
  created: 15,
  exemplar: 16,
} as const;

/** Writes what a protobuf Metric has besides labels: the series' value, in the field of its type. */
export function writeMetricValue(
  writer: ProtoWriter,
  family: FamilyDef,
  source: RenderSource,
  series: number,
): void {
  switch (family.type) {
    case "counter":
      return writeCounter(writer, source, series);
    case "histogram":
      return writeHistogram(writer, family, source, series);
    case "native_histogram":
      return writeNativeHistogram(writer, source, series);
    case "summary":
      return writeSummary(writer, family, source, series);
    default: {
      const cell = source.layout.firstCellOf(series);
      const gauge = writer.begin(METRIC.gauge);
      writer.double(1, pageWith(source, cell)[indexOf(cell)]!);
      writer.end(gauge);
    }
  }
}

function writeCounter(writer: ProtoWriter, source: RenderSource, series: number): void {
  const cell = source.layout.firstCellOf(series);
  const counter = writer.begin(METRIC.counter);
  writer.double(COUNTER.value, pageWith(source, cell)[indexOf(cell)]!);
  writeExemplar(writer, COUNTER.exemplar, source.exemplars?.get(cell));
  writeCreated(writer, COUNTER.created, source, series);
  writer.end(counter);
}

function writeHistogram(
  writer: ProtoWriter,
  { bounds }: FamilyDef,
  source: RenderSource,
  series: number,
): void {
  const cell = source.layout.firstCellOf(series);
  const page = pageWith(source, cell);
  const index = indexOf(cell);
  const histogram = writer.begin(METRIC.histogram);
  let count = 0;
  for (let bucket = 0; bucket <= bounds.length; bucket++) {
    count += page[index + bucket]!;
    const start = writer.begin(HISTOGRAM.bucket);
    writer.uint(1, whole(count));
    writer.double(2, bounds[bucket] ?? Infinity);
    writeExemplar(writer, 3, source.exemplars?.get(cell + bucket));
    writer.end(start);
  }
  writer.uint(HISTOGRAM.count, whole(count));
  writer.double(HISTOGRAM.sum, page[index + bounds.length + 1]!);
  writeCreated(writer, HISTOGRAM.created, source, series);
  writer.end(histogram);
}

function writeNativeHistogram(writer: ProtoWriter, source: RenderSource, series: number): void {
  const { layout, exemplars } = source;
  const cell = layout.firstCellOf(series);
  const sketch = readSketch(source, series, NATIVE_BINS_MAX);
  const histogram = writer.begin(METRIC.histogram);
  writer.uint(HISTOGRAM.count, whole(sketch.count));
  writer.double(HISTOGRAM.sum, pageWith(source, cell)[indexOf(cell)]!);
  writer.sint(HISTOGRAM.schema, sketch.schema);
  // Above 0, which tells a native histogram without observations from one with fixed bounds.
  writer.double(HISTOGRAM.zeroThreshold, ZERO_THRESHOLD);
  writer.uint(HISTOGRAM.zeroCount, whole(sketch.zeroCount));
  writeBins(writer, HISTOGRAM.negative, sketch.negative);
  writeBins(writer, HISTOGRAM.positive, sketch.positive);
  writeCreated(writer, HISTOGRAM.created, source, series);
  if (exemplars !== undefined && exemplars.size > 0) {
    for (const bin of layout.binsOf(series)) {
      const exemplar = exemplars.get(layout.binAt(bin).cell);
      // Here they must tell their time.
      if (exemplar === undefined || exemplar.timestampMs === 0) continue;
      writeExemplar(writer, HISTOGRAM.exemplar, exemplar);
    }
  }
  writer.end(histogram);
}

function writeBins(
  writer: ProtoWriter,
  fields: { readonly span: number; readonly delta: number },
  bins: BinCounts,
): void {
  const { spans, deltas } = spansOf({ ...bins, counts: bins.counts.map(whole) });
  for (const { offset, length } of spans) {
    const span = writer.begin(fields.span);
    writer.sint(1, offset);
    writer.uint(2, length);
    writer.end(span);
  }
  writer.sints(fields.delta, deltas);
}

function writeSummary(
  writer: ProtoWriter,
  { quantiles = [] }: FamilyDef,
  source: RenderSource,
  series: number,
): void {
  const cell = source.layout.firstCellOf(series);
  const page = pageWith(source, cell);
  const sketch = readSketch(source, series);
  const summary = writer.begin(METRIC.summary);
  writer.uint(SUMMARY.count, whole(page[indexOf(cell)]!));
  writer.double(SUMMARY.sum, page[indexOf(cell) + 1]!);
  for (const quantile of quantiles) {
    const start = writer.begin(SUMMARY.quantile);
    writer.double(1, quantile);
    writer.double(2, quantileOf(sketch, quantile));
    writer.end(start);
  }
  writeCreated(writer, SUMMARY.created, source, series);
  writer.end(summary);
}

function writeExemplar(writer: ProtoWriter, field: number, exemplar: Exemplar | undefined): void {
  if (exemplar === undefined || exemplarProblem(exemplar.labels) !== null) return;
  const start = writer.begin(field);
  for (const [name, value] of Object.entries(exemplar.labels)) writeLabelPair(writer, name, value);
  writer.double(2, exemplar.value);
  if (exemplar.timestampMs !== 0) writeTimestamp(writer, 3, exemplar.timestampMs);
  writer.end(start);
}

function writeCreated(
  writer: ProtoWriter,
  field: number,
  source: RenderSource,
  series: number,
): void {
  const createdMs = createdMsOf(source, series);
  if (createdMs !== null) writeTimestamp(writer, field, createdMs);
}

/** A google.protobuf.Timestamp. */
function writeTimestamp(writer: ProtoWriter, field: number, timeMs: number): void {
  const start = writer.begin(field);
  const seconds = Math.floor(timeMs / 1000);
  writer.uint(1, Math.max(0, seconds));
  writer.uint(2, Math.round((timeMs - seconds * 1000) * 1e6));
  writer.end(start);
}

/** Counts are integers on this wire. */
function whole(count: number): number {
  return Math.max(0, Math.round(count));
}

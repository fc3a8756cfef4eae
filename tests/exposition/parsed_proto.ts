import {
  type ProtoField,
  readDelimited,
  readFields,
  readVarint,
  unzigzag,
} from "./proto_reader.ts";

/** A MetricFamily, read back. Names are those of metrics.proto; what is not there is undefined. */
export interface ProtoFamily {
  readonly name: string;
  readonly help: string;
  readonly type: number;
  readonly unit: string;
  readonly metrics: readonly ProtoMetric[];
}

export interface ProtoMetric {
  readonly labels: Readonly<Record<string, string>>;
  readonly value?: number;
  readonly exemplar?: ProtoExemplar;
  readonly createdMs?: number;
  readonly summary?: {
    readonly count: number;
    readonly sum: number;
    readonly quantiles: readonly (readonly [number, number])[];
    readonly createdMs: number;
  };
  readonly histogram?: ProtoHistogram;
}

export interface ProtoHistogram {
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly (readonly [count: number, bound: number, ProtoExemplar | null])[];
  readonly createdMs: number;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly negative: ReadonlyMap<number, number>;
  readonly positive: ReadonlyMap<number, number>;
  readonly exemplars: readonly ProtoExemplar[];
}

export interface ProtoExemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestampMs: number | null;
}

/** Reads delimited MetricFamily messages by the field numbers of metrics.proto. */
export function parseProtobuf(bytes: Uint8Array): ProtoFamily[] {
  return readDelimited(bytes).map((message) => {
    const fields = new Fields(message);
    return {
      name: fields.text(1),
      help: fields.text(2),
      type: fields.number(3),
      unit: fields.text(5),
      metrics: fields.all(4).map(({ bytes }) => metric(new Fields(bytes))),
    };
  });
}

class Fields {
  readonly #fields: readonly ProtoField[];

  constructor(bytes: Uint8Array) {
    this.#fields = readFields(bytes);
  }

  all(field: number): readonly ProtoField[] {
    return this.#fields.filter((one) => one.field === field);
  }

  number(field: number): number {
    return this.all(field)[0]?.number ?? NaN;
  }

  text(field: number): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.all(field)[0]?.bytes);
  }

  message(field: number): Fields | null {
    const [found] = this.all(field);
    return found === undefined ? null : new Fields(found.bytes);
  }

  /** A google.protobuf.Timestamp. */
  timeMs(field: number): number {
    const time = this.message(field);
    return time === null ? NaN : time.number(1) * 1000 + time.number(2) / 1e6;
  }

  labels(): Record<string, string> {
    return Object.fromEntries(
      this.all(1).map(({ bytes }) => {
        const pair = new Fields(bytes);
        return [pair.text(1), pair.text(2)];
      }),
    );
  }
}

function metric(fields: Fields): ProtoMetric {
  const labels = fields.labels();
  const gauge = fields.message(2);
  const counter = fields.message(3);
  const summary = fields.message(4);
  const histogram = fields.message(7);
  if (gauge !== null) return { labels, value: gauge.number(1) };
  if (counter !== null) {
    const found = exemplar(counter, 2);
    const createdMs = counter.timeMs(3);
    return { labels, value: counter.number(1), createdMs, ...(found && { exemplar: found }) };
  }
  if (summary !== null) {
    const quantiles = summary.all(3).map(({ bytes }) => {
      const quantile = new Fields(bytes);
      return [quantile.number(1), quantile.number(2)] as const;
    });
    const [count, sum] = [summary.number(1), summary.number(2)];
    return { labels, summary: { count, sum, quantiles, createdMs: summary.timeMs(4) } };
  }
  if (histogram === null) throw new TypeError("A metric has no value");
  return { labels, histogram: histogramOf(histogram) };
}

function histogramOf(fields: Fields): ProtoHistogram {
  return {
    count: fields.number(1),
    sum: fields.number(2),
    buckets: fields.all(3).map(({ bytes }) => {
      const bucket = new Fields(bytes);
      return [bucket.number(1), bucket.number(2), exemplar(bucket, 3) ?? null] as const;
    }),
    createdMs: fields.timeMs(15),
    schema: unzigzag(fields.number(5)),
    zeroThreshold: fields.number(6),
    zeroCount: fields.number(7),
    negative: bins(fields, 9, 10),
    positive: bins(fields, 12, 13),
    exemplars: fields.all(16).map(({ bytes }) => exemplarOf(new Fields(bytes))),
  };
}

function bins(fields: Fields, spanField: number, deltaField: number): Map<number, number> {
  const packed = fields.all(deltaField)[0]?.bytes ?? new Uint8Array(0);
  const deltas: number[] = [];
  for (let at = 0; at < packed.length;) {
    const { value, end } = readVarint(packed, at);
    deltas.push(unzigzag(value));
    at = end;
  }
  const counts = new Map<number, number>();
  let [index, count] = [0, 0];
  for (const { bytes } of fields.all(spanField)) {
    const span = new Fields(bytes);
    index += unzigzag(span.number(1));
    for (let i = 0; i < span.number(2); i++) counts.set(index++, count += deltas[counts.size]!);
  }
  if (counts.size !== deltas.length) throw new RangeError("Spans and deltas differ in number");
  return counts;
}

function exemplar(fields: Fields, field: number): ProtoExemplar | undefined {
  const found = fields.message(field);
  return found === null ? undefined : exemplarOf(found);
}

function exemplarOf(fields: Fields): ProtoExemplar {
  const timestampMs = fields.timeMs(3);
  return {
    labels: fields.labels(),
    value: fields.number(2),
    timestampMs: Number.isNaN(timestampMs) ? null : timestampMs,
  };
}

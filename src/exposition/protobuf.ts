import type { FamilyDef, MetricType } from "../metrics/family.ts";
import { NO_BYTES } from "./chunk_writer.ts";
import { type NamedFamilies, namedFamilies } from "./document.ts";
import type { EscapingScheme } from "./escaping_scheme.ts";
import { exposedNames } from "./exposed_names.ts";
import { LabelCaches } from "./label_cache.ts";
import { ProtoLabels } from "./proto_labels.ts";
import { writeMetricValue } from "./proto_metric.ts";
import { ProtoWriter } from "./proto_writer.ts";
import { isShown, type RenderSource } from "./render_source.ts";

/** Bytes after which the caller gets a chance to pause. */
const PART_BYTES = 65_536;

// Field numbers: https://github.com/prometheus/client_model, io/prometheus/client/metrics.proto.
const FAMILY = { name: 1, help: 2, type: 3, metric: 4, unit: 5 } as const;
const TYPES: Readonly<Record<MetricType, number>> = {
  counter: 0,
  gauge: 1,
  summary: 2,
  histogram: 4,
  native_histogram: 4,
  info: 1,
  state_set: 1,
};

/**
 * Renders sources as delimited protobuf: for each family name a varint with the length of an
 * `io.prometheus.client.MetricFamily`, and that message. It is the only format that has the bins of
 * native histograms. Families are sorted by name, and each is held whole while it is written, as its
 * length stands first.
 */
export class ProtobufRenderer {
  readonly #escaping: EscapingScheme;
  readonly #labels: LabelCaches;

  /** `labels` may be shared with renderers of other formats. */
  constructor(escaping: EscapingScheme, labels: LabelCaches = new LabelCaches()) {
    this.#escaping = escaping;
    this.#labels = labels;
  }

  /** Like `TextRenderer.render`; chunks are always the caller's to keep. */
  *render(
    rendered: RenderSource | readonly RenderSource[],
    only: ReadonlySet<string> | null = null,
  ): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const sources = "layout" in rendered ? [rendered] : rendered;
    const seriesEnds = sources.map(({ layout }) => layout.seriesCount);
    const all = namedFamilies(sources);
    const names = exposedNames(all.map(({ first }) => first), this.#escaping);
    for (const { layout } of sources) while (!this.#labels.of(layout).update()) yield NO_BYTES;
    const shownName = ({ name }: NamedFamilies) => names.get(name)!;
    all.sort((a, b) => shownName(a) < shownName(b) ? -1 : 1);
    for (const families of all) {
      const name = shownName(families);
      if (only !== null && !only.has(name) && !only.has(families.name)) continue;
      const source = sources[families.sourceAt]!;
      const seriesEnd = seriesEnds[families.sourceAt]!;
      const parts = [header(name, families.first)];
      for (const part of this.#metrics(families, source, seriesEnd)) {
        parts.push(part);
        yield NO_BYTES;
      }
      const prefix = new ProtoWriter();
      prefix.varint(parts.reduce((length, part) => length + part.length, 0));
      yield prefix.take();
      yield* parts;
    }
  }

  *#metrics(
    { numbers }: NamedFamilies,
    source: RenderSource,
    seriesEnd: number,
  ): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const { layout } = source;
    const writer = new ProtoWriter();
    for (const number of numbers) {
      const family = layout.families[number]!;
      const encoding = new ProtoLabels(family.labelNames, this.#escaping);
      const sets = this.#labels.of(layout).labelSets(number, encoding);
      for (let place = 0; place < sets.count; place++) {
        const series = sets.seriesAt(place);
        if (series >= seriesEnd) break;
        if (!isShown(source, series)) continue;
        sets.encode(place, layout);
        const metric = writer.begin(FAMILY.metric);
        writer.raw(sets.viewAt(place), sets.startAt(place), sets.lengthAt(place));
        writeMetricValue(writer, family, source, series);
        writer.end(metric);
        if (writer.length >= PART_BYTES) yield writer.take();
      }
    }
    yield writer.take();
  }
}

function header(name: string, { help, type, unit }: FamilyDef): Uint8Array<ArrayBuffer> {
  const writer = new ProtoWriter();
  writer.string(FAMILY.name, name);
  if (help !== "") writer.string(FAMILY.help, help);
  writer.uint(FAMILY.type, TYPES[type]);
  const stem = type === "counter" ? name.replace(/_total$/, "") : name;
  if (unit !== "" && stem.endsWith(`_${unit}`)) writer.string(FAMILY.unit, unit);
  return writer.take();
}

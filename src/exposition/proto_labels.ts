import type { ByteArena } from "./byte_arena.ts";
import { type EscapingScheme, exposedLabelNames, exposedName } from "./escaping_scheme.ts";
import type { LabelEncoding } from "./label_encoding.ts";
import { ProtoWriter } from "./proto_writer.ts";

/** Labels as fields 1 of a protobuf Metric: `LabelPair { name = 1; value = 2 }`. */
export class ProtoLabels implements LabelEncoding {
  readonly key: string;
  readonly #names: readonly string[];
  readonly #escapedValue: number;
  readonly #scheme: EscapingScheme;
  readonly #writer = new ProtoWriter();

  constructor(names: readonly string[], scheme: EscapingScheme) {
    this.#names = exposedLabelNames(names, scheme);
    this.#escapedValue = names.indexOf("__name__");
    this.#scheme = scheme;
    const values = this.#escapedValue < 0 ? "" : scheme;
    this.key = `protobuf ${JSON.stringify(this.#names)} ${values}`;
  }

  append(arena: ByteArena, labelValues: readonly string[]): number {
    labelValues.forEach((value, i) => {
      const shown = i === this.#escapedValue ? exposedName(value, this.#scheme, "metric") : value;
      writeLabelPair(this.#writer, this.#names[i]!, shown);
    });
    return arena.appendBytes(this.#writer.take());
  }
}

/** A label of a Metric or an Exemplar, which both have them as field 1. */
export function writeLabelPair(writer: ProtoWriter, name: string, value: string): void {
  const pair = writer.begin(1);
  writer.string(1, name);
  writer.string(2, value);
  writer.end(pair);
}

import type { ChunkUse } from "./chunk_writer.ts";
import type { ExpositionFormat } from "./content_type.ts";
import { LabelCaches } from "./label_cache.ts";
import { ProtobufRenderer } from "./protobuf.ts";
import type { RenderSource } from "./render_source.ts";
import { TextRenderer } from "./text.ts";

/** Renders sources in every format, and keeps what does not change from one scrape to the next. */
export class ExpositionRenderer {
  readonly #hasCreated: boolean;
  readonly #labels = new LabelCaches();
  readonly #renderers = new Map<string, TextRenderer | ProtobufRenderer>();

  /** With `hasCreated`, OpenMetrics has `_created` samples. Protobuf tells those times anyway. */
  constructor(hasCreated: boolean = false) {
    this.#hasCreated = hasCreated;
  }

  /**
   * The sources as one document, in chunks; see `TextRenderer.render`.
   */
  render(
    format: ExpositionFormat,
    sources: readonly RenderSource[],
    only: ReadonlySet<string> | null = null,
    use: ChunkUse = "kept",
  ): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const { kind, escaping } = format;
    // Text 1.0.0 is 0.0.4 with an escaping scheme that quotes.
    const key = `${kind} ${escaping}`;
    let renderer = this.#renderers.get(key);
    if (renderer === undefined) {
      renderer = this.#create(format);
      this.#renderers.set(key, renderer);
    }
    return renderer.render(sources, only, use);
  }

  #create({ kind, escaping }: ExpositionFormat): TextRenderer | ProtobufRenderer {
    if (kind === "protobuf") return new ProtobufRenderer(escaping, this.#labels);
    const hasCreated = kind === "openmetrics" && this.#hasCreated;
    return new TextRenderer({ syntax: kind, escaping, hasCreated }, this.#labels);
  }
}

import type { ChunkUse } from "../exposition/chunk_writer.ts";
import {
  contentTypeOf,
  DEFAULT_FORMAT,
  type ExpositionFormat,
} from "../exposition/content_type.ts";
import type { ExpositionRenderer } from "../exposition/renderer.ts";
import type { RenderSource } from "../exposition/render_source.ts";
import type { Clock } from "../io/clock.ts";
import { gzipped } from "./gzip.ts";
import type { Pacer } from "./pacer.ts";
import { type BodyEnd, SharedBody } from "./shared_body.ts";

/** What a scraper wants to be sent. */
export interface BodyRequest {
  readonly format: ExpositionFormat;
  readonly isGzipped: boolean;
  /** The names of the only families that it wants; null for all. */
  readonly only: ReadonlySet<string> | null;
}

/** What answers are rendered with. */
export interface ScrapeAnswerOptions {
  readonly renderer: ExpositionRenderer;
  /** Their values don't change any more. */
  readonly sources: readonly RenderSource[];
  readonly clock: Clock;
  readonly pacer: Pacer;
  /** How long a scraper may take to read it. */
  readonly readMsMax: number;
}

/** Metrics of one moment, rendered when they are sent, and once for all that are sent the same. */
export class ScrapeAnswer {
  readonly #options: ScrapeAnswerOptions;
  readonly #bodies = new Map<string, SharedBody>();

  constructor(options: ScrapeAnswerOptions) {
    this.#options = options;
  }

  /** All of it in one format, not compressed. */
  render(
    format: ExpositionFormat = DEFAULT_FORMAT,
    only: ReadonlySet<string> | null = null,
  ): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    return this.#rendered(format, only, "kept");
  }

  /** The body for one scraper; `onEnd` is called once, when it was sent or will not be. */
  body(request: BodyRequest, onEnd: (how: BodyEnd) => void): ReadableStream {
    const { format, isGzipped, only } = request;
    const names = only === null ? null : [...only].sort();
    const key = JSON.stringify([contentTypeOf(format), isGzipped, names]);
    let body = this.#bodies.get(key);
    if (body === undefined || !body.isJoinable) {
      const { clock, pacer, readMsMax } = this.#options;
      const chunks = isGzipped
        ? gzipped(this.#rendered(format, only, "lent"))
        : this.render(format, only);
      body = new SharedBody({ chunks, clock, pacer, readMsMax });
      this.#bodies.set(key, body);
    }
    return body.open(onEnd);
  }

  #rendered(
    format: ExpositionFormat,
    only: ReadonlySet<string> | null,
    use: ChunkUse,
  ): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const { renderer, sources } = this.#options;
    return renderer.render(format, sources, only, use);
  }
}

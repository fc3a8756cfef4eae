import { ExpositionParser } from "../exposition/parser/exposition_parser.ts";
import { ExpositionSyntaxError } from "../exposition/parser/exposition_syntax_error.ts";
import type { ParsedFamily, ParsedFormat } from "../exposition/parser/parsed_family.ts";
import { type Clock, sleep } from "../io/clock.ts";
import { errorText } from "../io/error_text.ts";
import type { HttpClient, HttpOutcome } from "../io/http_client.ts";
import type { MetricsText, SourceSettings } from "./source_options.ts";

/** Exporters write text 0.0.4 more carefully than OpenMetrics, so that is asked for first. */
const ACCEPT =
  "text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1";
/** How long parsing or writing may hold the event loop at a time. */
const HOLD_MS_MAX = 4;
/** Characters of a content type that are told. */
const TYPE_LENGTH_MAX = 100;
/** Bytes or characters that are parsed at a time. */
const PIECE_LENGTH = 65_536;

/** What a poll got. */
export type Reading =
  | {
    readonly kind: "read";
    readonly format: ParsedFormat;
    readonly families: readonly ParsedFamily[];
  }
  | { readonly kind: "failed"; readonly reason: string };

/** What a reading is done with. */
export interface ReadingTools {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
}

interface Body {
  readonly kind: "body";
  readonly content: string | Uint8Array;
  readonly contentType: string;
}

type Failed = Extract<Reading, { readonly kind: "failed" }>;

/** Asks a source for its metrics and parses them. Never rejects. */
export async function readSource(settings: SourceSettings, tools: ReadingTools): Promise<Reading> {
  const body = settings.origin.kind === "url"
    ? await fetchBody(settings, settings.origin, tools)
    : await renderBody(settings, settings.origin.registry, tools);
  if (body.kind === "failed") return body;
  const format = /^\s*application\/openmetrics-text\b/i.test(body.contentType)
    ? "openmetrics"
    : "text";
  try {
    const parser = new ExpositionParser(format, { bytesMax: settings.bodyBytesMax });
    await inTurns(pieces(parser, body.content), tools.clock);
    return { kind: "read", format, families: parser.finish() };
  } catch (error) {
    if (!(error instanceof ExpositionSyntaxError)) throw error;
    return failed(oddTypeOf(body.contentType) + error.message);
  }
}

/** What a content type that no exposition has explains of an error: it is a page, or protobuf. */
function oddTypeOf(contentType: string): string {
  const [type] = contentType.split(";");
  if (/^\s*(text\/plain|application\/openmetrics-text)?\s*$/i.test(type!)) return "";
  const shown = JSON.stringify(type!.trim().slice(0, TYPE_LENGTH_MAX));
  return `its content type is ${shown}, and must be text/plain or application/openmetrics-text: `;
}

/** Runs the steps of some work, and lets the event loop have its turn every few milliseconds. */
export async function inTurns(steps: Iterable<void>, clock: Clock): Promise<void> {
  let heldSinceMs = clock.nowMs();
  for (const _ of steps) {
    if (clock.nowMs() - heldSinceMs < HOLD_MS_MAX) continue;
    await sleep(clock, 0);
    heldSinceMs = clock.nowMs();
  }
}

function* pieces(
  parser: ExpositionParser,
  content: string | Uint8Array,
): Generator<void, void, undefined> {
  for (let at = 0; at < content.length;) {
    let end = at + PIECE_LENGTH;
    if (typeof content === "string") {
      // Not between the two halves of a character.
      if (isHighSurrogate(content.charCodeAt(end - 1))) end++;
      parser.pushText(content.slice(at, end));
    } else parser.push(content.subarray(at, end));
    at = end;
    yield;
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

async function fetchBody(
  { timeoutMs, bodyBytesMax }: SourceSettings,
  { url, headers }: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
  { http, signal }: ReadingTools,
): Promise<Body | Failed> {
  const outcome = await http.request({
    method: "GET",
    url,
    headers: {
      accept: ACCEPT,
      "x-prometheus-scrape-timeout-seconds": String(timeoutMs / 1000),
      ...headers,
    },
    timeoutMs,
    bodyBytesMax,
    signal,
  });
  if (outcome.kind !== "response" || outcome.status !== 200) {
    return failed(failureOf(outcome, timeoutMs, bodyBytesMax));
  }
  const contentType = outcome.headers.get("content-type") ?? "";
  return { kind: "body", content: outcome.body, contentType };
}

function failureOf(outcome: HttpOutcome, timeoutMs: number, bodyBytesMax: number): string {
  switch (outcome.kind) {
    case "response":
      return `it answered ${outcome.status}, and must answer 200`;
    case "refused":
      return "connection refused";
    case "timeout":
      return `it took longer than ${timeoutMs} ms`;
    case "too_large":
      return `it sent more than ${bodyBytesMax} bytes`;
    case "failed":
      return outcome.reason;
  }
}

async function renderBody(
  { timeoutMs }: SourceSettings,
  registry: MetricsText,
  { clock, signal }: ReadingTools,
): Promise<Body | Failed> {
  const rendering = (async () => await registry.metrics())().then(
    (text) => ({ text }),
    (error) => ({ error }),
  );
  const ended = new AbortController();
  const onAbort = () => ended.abort();
  signal.addEventListener("abort", onAbort);
  try {
    const rendered = await Promise.race([rendering, sleep(clock, timeoutMs, ended.signal)]);
    if (rendered === undefined) {
      return failed(signal.aborted ? "stopped" : `metrics() took longer than ${timeoutMs} ms`);
    }
    if ("error" in rendered) return failed(`metrics() threw: ${errorText(rendered.error)}`);
    const { text } = rendered;
    if (typeof text !== "string") {
      return failed(`metrics() must give text: received ${typeof text}`);
    }
    return withType(text, registry);
  } finally {
    ended.abort();
    signal.removeEventListener("abort", onAbort);
  }
}

function withType(content: string, registry: MetricsText): Body | Failed {
  try {
    const { contentType } = registry;
    return {
      kind: "body",
      content,
      contentType: typeof contentType === "string" ? contentType : "",
    };
  } catch (error) {
    return failed(`contentType threw: ${errorText(error)}`);
  }
}

function failed(reason: string): Failed {
  return { kind: "failed", reason };
}

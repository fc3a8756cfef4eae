import type { EscapingScheme } from "./escaping_scheme.ts";

/** A format in which metrics are exposed, and how it writes names outside the legacy character set. */
export type ExpositionFormat =
  | {
    /** The Prometheus text format; 1.0.0 is 0.0.4 with names in quotes. */
    readonly kind: "text";
    readonly version: "0.0.4" | "1.0.0";
    readonly escaping: EscapingScheme;
  }
  | { readonly kind: "openmetrics"; readonly escaping: EscapingScheme }
  | { readonly kind: "protobuf"; readonly escaping: EscapingScheme };

/** What everybody can read, and what is sent to who does not say what it reads. */
export const DEFAULT_FORMAT: ExpositionFormat = {
  kind: "text",
  version: "0.0.4",
  escaping: "underscores",
};

/**
 * The Content-Type of an answer. Prometheus 3 refuses a scrape whose type is blank or unknown.
 * OpenMetrics is always announced as 1.0.0, also to a scraper that asked for 0.0.1, as the two are one.
 */
export function contentTypeOf(format: ExpositionFormat): string {
  const { escaping } = format;
  switch (format.kind) {
    case "text":
      return `text/plain; version=${format.version}; charset=utf-8; escaping=${escaping}`;
    case "openmetrics":
      return `application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=${escaping}`;
    case "protobuf":
      return "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; " +
        `encoding=delimited; escaping=${escaping}`;
  }
}

/** The Content-Type of {@linkcode DEFAULT_FORMAT}. */
export const TEXT_CONTENT_TYPE: string = contentTypeOf(DEFAULT_FORMAT);

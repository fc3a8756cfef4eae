import { type AcceptRange, parseAccept } from "./accept.ts";
import { DEFAULT_FORMAT, type ExpositionFormat } from "./content_type.ts";
import { ESCAPING_SCHEMES, type EscapingScheme } from "./escaping_scheme.ts";

const PROTOBUF_FAMILY = "io.prometheus.client.MetricFamily";

/**
 * The format for a scraper that sends this Accept header: the first of the ranges that it wants most
 * which names a format of ours, and otherwise text 0.0.4. There is no 406: a scraper that gets text
 * it did not ask for can still use it. Ranges with wildcards name nothing, so they get text as well,
 * but never before a format that is named (Prometheus 2.49.0 weighs its wildcard highest).
 */
export function negotiateFormat(accept: string | null | undefined): ExpositionFormat {
  for (const range of parseAccept(accept)) {
    const format = range.q > 0 ? namedFormat(range) : null;
    if (format !== null) return format;
  }
  return DEFAULT_FORMAT;
}

function namedFormat({ value, parameters }: AcceptRange): ExpositionFormat | null {
  const version = parameters.get("version") ?? "";
  const escaping = escapingOf(parameters.get("escaping"));
  switch (value) {
    case "application/openmetrics-text":
      // A missing version is 0.0.1.
      if (!["", "0.0.1", "1.0.0"].includes(version)) return null;
      return { kind: "openmetrics", escaping };
    case "application/vnd.google.protobuf":
      if (parameters.get("proto") !== PROTOBUF_FAMILY) return null;
      if (parameters.get("encoding") !== "delimited") return null;
      return { kind: "protobuf", escaping };
    case "text/plain":
      if (version === "1.0.0") return { kind: "text", version, escaping };
      if (version !== "" && version !== "0.0.4") return null;
      // Names in quotes are what 1.0.0 added.
      if (escaping === "allow-utf-8") return DEFAULT_FORMAT;
      return { kind: "text", version: "0.0.4", escaping };
    default:
      return null;
  }
}

function escapingOf(text: string | undefined): EscapingScheme {
  return ESCAPING_SCHEMES.find((scheme) => scheme === text) ?? "underscores";
}

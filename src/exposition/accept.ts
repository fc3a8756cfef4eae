/** One range of an Accept or Accept-Encoding header. */
export interface AcceptRange {
  /** Such as `text/plain`, `*` + `/*` or `gzip`, in lower case. */
  readonly value: string;
  /** Its parameters but `q`, names in lower case. Of a name that comes twice, the last. */
  readonly parameters: ReadonlyMap<string, string>;
  /** From 0, never, to 1. */
  readonly q: number;
}

/** Ranges of one header that are read; no client sends more than a few. */
const RANGES_MAX = 64;

/**
 * Reads an Accept or Accept-Encoding header, the most wanted range first and equals in their order
 * (RFC 9110 §12.4, §12.5). What can't be read is left out or taken at its best: there is always an
 * answer, since a scrape without one is lost. A weight above 1 counts as 1: Prometheus 2.49.0 sends 2.
 */
export function parseAccept(header: string | null | undefined): AcceptRange[] {
  const ranges: AcceptRange[] = [];
  for (const part of splitOutsideQuotes(header ?? "", ",").slice(0, RANGES_MAX)) {
    const [value, ...rest] = splitOutsideQuotes(part, ";").map((text) => text.trim());
    if (value === undefined || value === "") continue;
    const parameters = new Map<string, string>();
    let q = 1;
    for (const parameter of rest) {
      const at = parameter.indexOf("=");
      if (at < 1) continue;
      const name = parameter.slice(0, at).trim().toLowerCase();
      const text = unquoted(parameter.slice(at + 1).trim());
      if (name === "q") q = weight(text);
      else parameters.set(name, text);
    }
    ranges.push({ value: value.toLowerCase(), parameters, q });
  }
  return ranges.sort((a, b) => b.q - a.q);
}

function weight(text: string): number {
  const q = text === "" ? NaN : Number(text);
  return Number.isNaN(q) ? 1 : Math.min(1, Math.max(0, q));
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let isQuoted = false;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (isQuoted && text[i] === "\\") i++;
    else if (text[i] === '"') isQuoted = !isQuoted;
    else if (text[i] === separator && !isQuoted) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function unquoted(text: string): string {
  const isQuoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"');
  return isQuoted ? text.slice(1, -1).replace(/\\(.)/g, "$1") : text;
}

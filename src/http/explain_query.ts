/** What a caller wants explained. */
export interface ExplainQuery {
  /** A family's name, or that of one of its samples, such as `x_bucket`. */
  readonly name: string;
  /** Labels that samples must have; an empty value is that of a label that is not there. */
  readonly labels: ReadonlyMap<string, string>;
}

const FORM = 'Ask with "?name=http_requests_total", and "&label=method:GET" for each label that ' +
  "samples must have.";

/** Reads `name=…` and, as often as wanted, `label=<name>:<value>`; a sentence where that is wrong. */
export function parseExplainQuery(
  query: URLSearchParams,
): ExplainQuery | { readonly problem: string } {
  const cannot = (rule: string) => ({ problem: `Cannot explain a number: ${rule}. ${FORM}` });
  for (const key of query.keys()) {
    if (key !== "name" && key !== "label") {
      return cannot(`the query must have name and label only: received ${JSON.stringify(key)}`);
    }
  }
  const [name, ...others] = query.getAll("name");
  if (name === undefined || name === "" || others.length > 0) {
    const received = others.length > 0 ? `${others.length + 1} names` : "none";
    return cannot(`the query must have one name: received ${received}`);
  }
  const labels = new Map<string, string>();
  for (const text of query.getAll("label")) {
    // Names of labels hold no colon in Prometheus's own rules; values may.
    const colon = text.indexOf(":");
    if (colon < 1) {
      return cannot(`label must be "<name>:<value>": received ${JSON.stringify(text)}`);
    }
    const label = text.slice(0, colon);
    if (labels.has(label)) return cannot(`a label must be there once: received "${label}" twice`);
    labels.set(label, text.slice(colon + 1));
  }
  return { name, labels };
}

import type { Parsed } from "./option.ts";

/** An exporter whose metrics join this node's. */
export interface Exporter {
  readonly name: string;
  readonly url: string;
}

const EXPORTERS_MAX = 100;
const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** `db=http://127.0.0.1:9187/metrics,proxy=http://127.0.0.1:9901/stats`, each name once. */
export function exporterList(text: string): Parsed<readonly Exporter[]> {
  const exporters = text.split(",").map((item) => {
    const [, name = "", url = ""] = /^\s*([^=]*)=(\S*)\s*$/.exec(item) ?? [];
    return { name, url };
  });
  const isRight = exporters.every(({ name, url }) => NAME.test(name) && isHttp(url)) &&
    new Set(exporters.map(({ name }) => name)).size === exporters.length &&
    exporters.length <= EXPORTERS_MAX;
  if (isRight) return { kind: "value", value: exporters };
  return {
    kind: "invalid",
    rule: `a comma-separated list of 1 to ${EXPORTERS_MAX} items such as ` +
      "db=http://127.0.0.1:9187/metrics, each name once",
  };
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

import { Hono } from "hono";
import type { ClusterNode } from "../cluster/cluster_node.ts";
import { TEXT_CONTENT_TYPE } from "../exposition/content_type.ts";
import { TextRenderer } from "../exposition/text.ts";
import type { ClusterExposition } from "./cluster_exposition.ts";
import type { OpsEnv } from "./ops_env.ts";

const TIMEOUT_HEADER = "x-prometheus-scrape-timeout-seconds";
/** Left of the scraper's time for the answer to travel. */
const MARGIN_MS = 500;
const MARGIN_SHARE = 0.1;
const TIMEOUT_MS_MAX = 600_000;

/** What the metrics' routes work with. */
export interface MetricsRoutesOptions {
  readonly node: ClusterNode;
  readonly exposition: ClusterExposition;
  readonly path: string;
  /** For scrapers that do not say how long they wait. */
  readonly scrapeTimeoutMs: number;
}

/** `GET /metrics`, the cluster's, and `GET /metrics/node`, this node's own. */
export function metricsRoutes(options: MetricsRoutesOptions): Hono<OpsEnv> {
  const { node, exposition, path, scrapeTimeoutMs } = options;
  const ownRenderer = new TextRenderer();
  return new Hono<OpsEnv>()
    .get(path, async (context) => {
      const timeoutMs = scrapeTimeout(context.req.header(TIMEOUT_HEADER), scrapeTimeoutMs);
      const scraped = await exposition.scrape(timeoutMs);
      return scraped.kind === "exposed"
        ? exposed(scraped.chunks)
        : context.text(`${scraped.reason}\n`, 503, { "retry-after": "1" });
    })
    .get(`${path}/node`, () => {
      node.publish();
      return exposed([...ownRenderer.render(node.state.own)]);
    });
}

/** How long a merged scrape may take, in milliseconds, by what the scraper says of its patience. */
export function scrapeTimeout(header: string | undefined, defaultMs: number): number {
  const seconds = Number(header);
  const patienceMs = seconds > 0 ? Math.min(seconds * 1000, TIMEOUT_MS_MAX) : defaultMs;
  return patienceMs - Math.min(MARGIN_MS, patienceMs * MARGIN_SHARE);
}

function exposed(chunks: readonly Uint8Array<ArrayBuffer>[]): Response {
  const headers = { "content-type": TEXT_CONTENT_TYPE, "cache-control": "no-store" };
  return new Response(new Blob([...chunks]).stream(), { headers });
}

import { type Context, Hono } from "hono";
import { acceptsGzip } from "../exposition/accept_encoding.ts";
import { contentTypeOf } from "../exposition/content_type.ts";
import { negotiateFormat } from "../exposition/negotiation.ts";
import type { ClusterExposition, Scraped } from "./cluster_exposition.ts";
import type { OpsEnv } from "./ops_env.ts";
import type { BodyRequest } from "./scrape_answer.ts";
import type { ScrapeError, ScrapeMetrics } from "./scrape_metrics.ts";
import type { BodyEnd } from "./shared_body.ts";

const TIMEOUT_HEADER = "x-prometheus-scrape-timeout-seconds";
/** Left of the scraper's time for the answer to travel. */
const MARGIN_MS = 500;
const MARGIN_SHARE = 0.1;
const TIMEOUT_MS_MAX = 600_000;
/** Scrapes that are answered at once; each holds the values of its moment. */
const IN_FLIGHT_MAX = 16;

const BODY_ERRORS: Readonly<Partial<Record<BodyEnd, ScrapeError>>> = {
  failed: "rendering",
  too_slow: "slow_reader",
};

/** What the metrics' routes work with. */
export interface MetricsRoutesOptions {
  readonly exposition: Pick<ClusterExposition, "scrape" | "own">;
  readonly metrics: ScrapeMetrics;
  readonly path: string;
  /** For scrapers that do not say how long they wait. */
  readonly scrapeTimeoutMs: number;
  /** Default: 16. */
  readonly inFlightMax?: number;
}

/**
 * `GET /metrics`, the cluster's, and `GET /metrics/node`, this node's own. Both are in the format and
 * coding that the scraper asks for, and with `name[]`, which may be repeated, only the families of
 * these names.
 */
export function metricsRoutes(options: MetricsRoutesOptions): Hono<OpsEnv> {
  const { exposition, path, scrapeTimeoutMs } = options;
  const scrapes = new ScrapeResponder(options);
  return new Hono<OpsEnv>()
    .get(path, (context) =>
      scrapes.answer(context, () => {
        const timeout = context.req.header(TIMEOUT_HEADER);
        return exposition.scrape(scrapeTimeout(timeout, scrapeTimeoutMs));
      }))
    .get(`${path}/node`, (context) => scrapes.answer(context, () => exposition.own()));
}

/** How long a merged scrape may take, in milliseconds, by what the scraper says of its patience. */
export function scrapeTimeout(header: string | undefined, defaultMs: number): number {
  const seconds = Number(header);
  const patienceMs = seconds > 0 ? Math.min(seconds * 1000, TIMEOUT_MS_MAX) : defaultMs;
  return patienceMs - Math.min(MARGIN_MS, patienceMs * MARGIN_SHARE);
}

/** Turns what was scraped into responses, not too many at once, and counts them. */
class ScrapeResponder {
  readonly #metrics: ScrapeMetrics;
  readonly #inFlightMax: number;
  #inFlight = 0;

  constructor({ metrics, inFlightMax = IN_FLIGHT_MAX }: MetricsRoutesOptions) {
    this.#metrics = metrics;
    this.#inFlightMax = inFlightMax;
  }

  async answer(
    context: Context<OpsEnv>,
    scrape: () => Promise<Scraped>,
  ): Promise<Response> {
    const request = bodyRequest(context);
    // Hono drops the body of an answer to HEAD unread.
    if (context.req.method === "HEAD") return new Response(null, { headers: headersOf(request) });
    if (this.#inFlight >= this.#inFlightMax) {
      const rule = `at most ${this.#inFlightMax} scrapes are answered at once`;
      return this.#refuse(context, "in_flight", `Cannot answer now: ${rule}. Scrape again later.`);
    }
    this.#move(1);
    let isAnswered = false;
    try {
      const scraped = await scrape();
      if (scraped.kind === "unavailable") return this.#refuse(context, "gathering", scraped.reason);
      const body = scraped.answer.body(request, (how) => this.#end(how));
      isAnswered = true;
      this.#metrics.requests.inc({ code: "200" });
      return new Response(body, { headers: headersOf(request) });
    } catch (error) {
      this.#metrics.requests.inc({ code: "500" });
      this.#metrics.errors.inc({ cause: "gathering" });
      throw error;
    } finally {
      if (!isAnswered) this.#move(-1);
    }
  }

  #refuse(context: Context<OpsEnv>, cause: ScrapeError, reason: string): Response {
    this.#metrics.requests.inc({ code: "503" });
    this.#metrics.errors.inc({ cause });
    return context.text(`${reason}\n`, 503, { "retry-after": "1" });
  }

  #end(how: BodyEnd): void {
    this.#move(-1);
    const cause = BODY_ERRORS[how];
    if (cause !== undefined) this.#metrics.errors.inc({ cause });
  }

  #move(by: 1 | -1): void {
    this.#inFlight += by;
    this.#metrics.inFlight.set(this.#inFlight);
  }
}

function bodyRequest({ req }: Context<OpsEnv>): BodyRequest {
  const names = req.queries("name[]");
  return {
    format: negotiateFormat(req.header("accept")),
    isGzipped: acceptsGzip(req.header("accept-encoding")),
    only: names === undefined ? null : new Set(names),
  };
}

function headersOf({ format, isGzipped }: BodyRequest): Record<string, string> {
  return {
    "content-type": contentTypeOf(format),
    ...(isGzipped ? { "content-encoding": "gzip" } : {}),
    "cache-control": "no-store",
    vary: "Accept, Accept-Encoding",
  };
}

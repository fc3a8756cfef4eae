import { prometheus } from "@hono/prometheus";
import { assertEquals } from "@std/assert";
import { Hono, type MiddlewareHandler } from "hono";
import { Registry as PromRegistry } from "prom-client";
import { TextRenderer } from "../src/exposition/text.ts";
import { httpMetrics } from "../src/http/http_metrics.ts";
import { Registry } from "../src/metrics/registry.ts";
import { within } from "./bars.ts";
import type { Comparison } from "./comparison.ts";

const REQUESTS = 4_000;
const EMPTY = "an empty middleware";
const HONO_PROMETHEUS = "@hono/prometheus";
const URLS = Array.from({ length: 100 }, (_, i) => `http://localhost/users/${i}`);

/** What the middleware adds to a request: durations with 14 buckets, by method, route and status. */
export function middleware(): Comparison[] {
  const muster = new Registry();
  const promClient = new PromRegistry();
  const ours = app(httpMetrics({ registry: muster }));
  const theirs = app(prometheus({ registry: promClient }).registerMetrics);
  const empty = app(async (_, next) => await next());
  return [{
    title: "HTTP middleware, for one request",
    unit: "µs",
    operations: REQUESTS,
    runs: 81,
    warmups: 20,
    takenOff: EMPTY,
    note: "The time of a request through the empty middleware is taken off the others', round by " +
      "round. Muster's keeps a gauge of active requests besides the histogram, " +
      "@hono/prometheus a counter and a label `ok`.",
    contenders: [
      { name: "Muster", run: () => requests(ours) },
      { name: HONO_PROMETHEUS, run: () => requests(theirs) },
      { name: EMPTY, run: () => requests(empty) },
    ],
    bars: [within(0.5, HONO_PROMETHEUS)],
    verify: async () => {
      await Promise.all([requests(ours), requests(theirs)]);
      muster.shard.stamp();
      const shown = await new Blob([...new TextRenderer().render(muster.shard)]).text();
      const counts = [shown, await promClient.metrics()].map((text) =>
        /^http_(?:server_)?request_duration_seconds_count\{.*route="\/users\/:id".*\} (.*)$/m
          .exec(text)?.[1]
      );
      assertEquals(counts, [`${REQUESTS}`, `${REQUESTS}`]);
    },
  }];
}

function app(measure: MiddlewareHandler): Hono {
  const app = new Hono();
  app.use(measure);
  app.get("/users/:id", (context) => context.text("hello"));
  return app;
}

async function requests(app: Hono): Promise<void> {
  for (let i = 0; i < REQUESTS; i++) await app.request(URLS[i % URLS.length]!);
}

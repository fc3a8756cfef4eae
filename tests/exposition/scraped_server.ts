import { Hono } from "hono";
import { ExpositionRenderer } from "../../src/exposition/renderer.ts";
import { heldSource } from "../../src/http/held_source.ts";
import { metricsRoutes } from "../../src/http/metrics_routes.ts";
import { Pacer } from "../../src/http/pacer.ts";
import { ScrapeAnswer } from "../../src/http/scrape_answer.ts";
import { createScrapeMetrics } from "../../src/http/scrape_metrics.ts";
import { systemClock } from "../../src/io/clock.ts";
import { Registry } from "../../src/metrics/registry.ts";

/** A registry's metrics on a port of 127.0.0.1, served as a node serves them, without a cluster. */
export class ScrapedServer implements AsyncDisposable {
  readonly port: number;
  /** The Accept header and the Content-Type of every answer. */
  readonly answers: { readonly accept: string; readonly type: string; readonly coding: string }[] =
    [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(registry: Registry, hasCreated = false) {
    const renderer = new ExpositionRenderer(hasCreated);
    const pacer = new Pacer(systemClock);
    const expose = async () => {
      registry.shard.stamp();
      const sources = [await heldSource(registry.shard, pacer)];
      const options = { renderer, sources, clock: systemClock, pacer, readMsMax: 60_000 };
      return { kind: "exposed", answer: new ScrapeAnswer(options) } as const;
    };
    const app = new Hono();
    app.use(async (context, next) => {
      await next();
      const { headers } = context.res;
      this.answers.push({
        accept: context.req.header("accept") ?? "",
        type: headers.get("content-type") ?? "",
        coding: headers.get("content-encoding") ?? "",
      });
    });
    app.route(
      "/",
      metricsRoutes({
        exposition: { own: expose, scrape: expose },
        metrics: createScrapeMetrics(new Registry()),
        path: "/metrics",
        scrapeTimeoutMs: 10_000,
      }) as unknown as Hono,
    );
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.fetch);
    this.port = this.#server.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

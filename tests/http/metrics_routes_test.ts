import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Hono } from "hono";
import { ExpositionRenderer } from "../../src/exposition/renderer.ts";
import type { Scraped } from "../../src/http/cluster_exposition.ts";
import { heldSource } from "../../src/http/held_source.ts";
import { metricsRoutes, scrapeTimeout } from "../../src/http/metrics_routes.ts";
import type { OpsEnv } from "../../src/http/ops_env.ts";
import { Pacer } from "../../src/http/pacer.ts";
import { ScrapeAnswer } from "../../src/http/scrape_answer.ts";
import { createScrapeMetrics, type ScrapeMetrics } from "../../src/http/scrape_metrics.ts";
import { systemClock } from "../../src/io/clock.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { until } from "../until.ts";
import { parseProtobuf } from "../exposition/parsed_proto.ts";
import { parseOpenMetrics, parseText } from "../exposition/strict_text_parser.ts";

const OPENMETRICS = "application/openmetrics-text;version=1.0.0";
const PROTOBUF =
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

/** The routes over one registry, without a cluster. */
class Fixture {
  readonly app: Hono<OpsEnv>;
  readonly metrics: ScrapeMetrics = createScrapeMetrics(new Registry());
  readonly timeouts: number[] = [];
  readonly #registry = new Registry();
  readonly #renderer = new ExpositionRenderer();
  readonly #pacer = new Pacer(systemClock);

  constructor(scrape?: () => Promise<Scraped>) {
    this.#registry.counter({ name: "orders_total", help: "Orders." }).inc(3);
    this.#registry.gauge({ name: "level", help: "A level.", labels: ["i"] }).set({ i: 1 }, 0.5);
    this.#registry.shard.stamp();
    this.app = metricsRoutes({
      exposition: {
        own: () => this.#expose(),
        scrape: (timeoutMs) => {
          this.timeouts.push(timeoutMs);
          return scrape === undefined ? this.#expose() : scrape();
        },
      },
      metrics: this.metrics,
      path: "/metrics",
      scrapeTimeoutMs: 10_000,
      inFlightMax: 2,
    });
    // Without one, Hono prints what was thrown.
    this.app.onError((_, context) => context.text("", 500));
  }

  async get(path = "/metrics", headers: Record<string, string> = {}): Promise<Response> {
    return await this.app.request(path, { headers });
  }

  /** What was counted that is not 0. */
  get counted(): Record<string, number> {
    const { requests, errors, inFlight } = this.metrics;
    const counts: [string, number][] = [
      ...["200", "500", "503"].map((code) =>
        [code, requests.labels({ code }).value] satisfies [string, number]
      ),
      ...(["gathering", "in_flight", "rendering", "slow_reader"] as const).map((cause) =>
        [cause, errors.labels({ cause }).value] satisfies [string, number]
      ),
      ["in flight", inFlight.value],
    ];
    return Object.fromEntries(counts.filter(([, count]) => count !== 0));
  }

  async #expose(): Promise<Scraped> {
    const held = await heldSource(this.#registry.shard, this.#pacer);
    const answer = new ScrapeAnswer({
      renderer: this.#renderer,
      sources: [held],
      clock: systemClock,
      pacer: this.#pacer,
      readMsMax: 60_000,
    });
    return { kind: "exposed", answer };
  }
}

function headers(response: Response, ...names: string[]): (string | null)[] {
  return names.map((name) => response.headers.get(name));
}

Deno.test("metricsRoutes answers in the format that is asked for, and says that it depends", async () => {
  const fixture = new Fixture();
  for (const path of ["/metrics", "/metrics/node"]) {
    const text = await fixture.get(path);
    assertEquals(headers(text, "content-type", "vary", "content-encoding", "cache-control"), [
      "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
      "Accept, Accept-Encoding",
      null,
      "no-store",
    ]);
    assertEquals(parseText(await text.text()).map(({ name }) => name), ["level", "orders_total"]);
    const openMetrics = await fixture.get(path, { accept: OPENMETRICS });
    assertEquals(headers(openMetrics, "content-type"), [
      "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
    ]);
    const families = parseOpenMetrics(await openMetrics.text());
    assertEquals(families.map(({ name }) => name), ["level", "orders"]);
    const protobuf = await fixture.get(path, { accept: PROTOBUF });
    assertEquals(headers(protobuf, "content-type"), [
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; " +
      "encoding=delimited; escaping=underscores",
    ]);
    const bytes = new Uint8Array(await protobuf.arrayBuffer());
    assertEquals(parseProtobuf(bytes).map(({ name }) => name), ["level", "orders_total"]);
  }
  assertEquals(fixture.counted, { "200": 6 });
});

Deno.test("metricsRoutes compresses only for who asks for gzip", async () => {
  const fixture = new Fixture();
  const plain = await (await fixture.get()).text();
  const response = await fixture.get("/metrics", { "accept-encoding": "gzip" });
  assertEquals(headers(response, "content-encoding", "vary"), ["gzip", "Accept, Accept-Encoding"]);
  const stream = response.body!.pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(stream).text(), plain);
  for (const coding of ["gzip;q=0", "identity", "br", ""]) {
    const response = await fixture.get("/metrics", { "accept-encoding": coding });
    assertEquals(headers(response, "content-encoding"), [null]);
    assertEquals(await response.text(), plain);
  }
});

Deno.test("metricsRoutes shows only the families that name[] names", async () => {
  const fixture = new Fixture();
  const names = async (query: string, accept = "") => {
    const text = await (await fixture.get(`/metrics${query}`, { accept })).text();
    return (accept === "" ? parseText(text) : parseOpenMetrics(text)).map(({ name }) => name);
  };
  assertEquals(await names("?name[]=level"), ["level"]);
  assertEquals(await names("?name%5B%5D=level&name[]=orders_total&x=1"), ["level", "orders_total"]);
  assertEquals(await names("?name[]=orders_total", OPENMETRICS), ["orders"]);
  assertEquals(await names("?name[]=nothing"), []);
  assertEquals(await names("?name[]=nothing", OPENMETRICS), []);
  assertEquals(await names("?name[]="), []);
  assertEquals(await names("?name=level"), ["level", "orders_total"]);
});

Deno.test("metricsRoutes answers HEAD with the headers alone, and gathers nothing for it", async () => {
  const fixture = new Fixture();
  const response = await fixture.app.request("/metrics", {
    method: "HEAD",
    headers: { accept: OPENMETRICS, "accept-encoding": "gzip" },
  });
  assertEquals([response.status, ...headers(response, "content-encoding")], [200, "gzip"]);
  assertEquals([fixture.timeouts, fixture.counted], [[], {}]);
});

Deno.test("metricsRoutes answers 503 with the reason where there is nothing to expose", async () => {
  const reason = "Cannot answer for the cluster yet.";
  const fixture = new Fixture(() => Promise.resolve({ kind: "unavailable", reason }));
  const response = await fixture.get();
  assertEquals([response.status, await response.text()], [503, `${reason}\n`]);
  assertEquals(headers(response, "retry-after"), ["1"]);
  assertEquals(fixture.counted, { "503": 1, gathering: 1 });
});

Deno.test("metricsRoutes counts a gathering that throws, and lets it be told", async () => {
  const fixture = new Fixture(() => Promise.reject(new Error("broken")));
  const response = await fixture.get();
  assertEquals(response.status, 500);
  await response.body?.cancel();
  assertEquals(fixture.counted, { "500": 1, gathering: 1 });
});

Deno.test("metricsRoutes answers so many scrapes at once, until bodies were read or given up", async () => {
  const fixture = new Fixture();
  const [first, second] = [await fixture.get(), await fixture.get("/metrics/node")];
  assertEquals(fixture.counted, { "200": 2, "in flight": 2 });
  const third = await fixture.get();
  assertEquals(third.status, 503);
  assertEquals(
    await third.text(),
    "Cannot answer now: at most 2 scrapes are answered at once. Scrape again later.\n",
  );
  await first!.text();
  assertEquals(fixture.counted, { "200": 2, "503": 1, in_flight: 1, "in flight": 1 });
  await second!.body!.cancel();
  assertEquals((await (await fixture.get()).text()).length > 0, true);
  assertEquals(fixture.counted, { "200": 3, "503": 1, in_flight: 1 });
});

Deno.test("metricsRoutes ends a body early when rendering it fails", async () => {
  const failing = {
    *render() {
      yield new Uint8Array(10);
      throw new Error("broken");
    },
  } as unknown as ExpositionRenderer;
  const answer = new ScrapeAnswer({
    renderer: failing,
    sources: [],
    clock: systemClock,
    pacer: new Pacer(systemClock),
    readMsMax: 60_000,
  });
  const fixture = new Fixture(() => Promise.resolve({ kind: "exposed", answer }));
  const response = await fixture.get();
  await assertRejects(() => response.text(), Error, "broken");
  assertEquals(fixture.counted, { "200": 1, rendering: 1 });
});

Deno.test("metricsRoutes gives up a body whose scraper has gone", async () => {
  const endless = {
    *render() {
      while (true) yield new Uint8Array(65_536);
    },
  } as unknown as ExpositionRenderer;
  const answer = new ScrapeAnswer({
    renderer: endless,
    sources: [],
    clock: systemClock,
    pacer: new Pacer(systemClock),
    readMsMax: 60_000,
  });
  const fixture = new Fixture(() => Promise.resolve({ kind: "exposed", answer }));
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    fixture.app.fetch,
  );
  const { hostname, port } = server.addr;
  const connection = await Deno.connect({ hostname, port });
  await connection.write(new TextEncoder().encode("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"));
  await connection.read(new Uint8Array(1_000));
  assertEquals(fixture.counted, { "200": 1, "in flight": 1 });
  connection.close();
  await until(() => fixture.counted["in flight"] === undefined, { what: "the body to end" });
  assertEquals(fixture.counted, { "200": 1 });
});

Deno.test("metricsRoutes gives a gathering the scraper's time, less a margin", async () => {
  const fixture = new Fixture();
  const timeoutOf = async (seconds: string) => {
    const headers = { "x-prometheus-scrape-timeout-seconds": seconds };
    await (await fixture.get("/metrics", headers)).text();
    return fixture.timeouts.at(-1);
  };
  assertEquals(await timeoutOf("10"), 9_500);
  assertEquals(await timeoutOf("0.5"), 450);
  assertEquals(await timeoutOf("nonsense"), 9_500);
  const cases: [string | undefined, number][] = [
    [undefined, 9_500],
    ["-1", 9_500],
    ["0", 9_500],
    ["1e9", 599_500],
    ["5", 4_500],
  ];
  for (const [header, expected] of cases) assertEquals(scrapeTimeout(header, 10_000), expected);
});

Deno.test("scrapes that share an answer are sent the same bytes, rendered once", async () => {
  let renderings = 0;
  const registry = new Registry();
  registry.counter({ name: "a_total", help: "" });
  const inner = new ExpositionRenderer();
  const counting = {
    render: (...args: Parameters<ExpositionRenderer["render"]>) => {
      renderings++;
      return inner.render(...args);
    },
  } as unknown as ExpositionRenderer;
  const answer = new ScrapeAnswer({
    renderer: counting,
    sources: [registry.shard],
    clock: systemClock,
    pacer: new Pacer(systemClock),
    readMsMax: 60_000,
  });
  const fixture = new Fixture(() => Promise.resolve({ kind: "exposed", answer }));
  const gzip = { "accept-encoding": "gzip" };
  const both = await Promise.all([fixture.get("/metrics", gzip), fixture.get("/metrics", gzip)]);
  const [a, b] = await Promise.all(both.map((response) => response.bytes()));
  assertEquals(a, b);
  assertEquals(renderings, 1);
  const other = await fixture.get("/metrics");
  assert((await other.text()).includes("a_total 0\n"));
  const late = await (await fixture.get("/metrics", gzip)).bytes();
  assertEquals([late, renderings], [a, 3]);
});

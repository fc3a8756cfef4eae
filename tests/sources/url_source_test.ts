import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/io/clock.ts";
import { createFetchClient } from "../../src/io/http_fetch.ts";
import { silentLog } from "../../src/io/log.ts";
import { Registry } from "../../src/metrics/registry.ts";
import type { Source } from "../../src/sources/source.ts";
import { Sources } from "../../src/sources/sources.ts";
import { Prometheus } from "../servers/prometheus.ts";
import { until } from "../until.ts";
import { shownSeries } from "./shown_series.ts";

class Node implements AsyncDisposable {
  readonly registry: Registry = new Registry();
  readonly #http = createFetchClient({ clock: systemClock });
  readonly #sources: Sources = new Sources({
    registry: this.registry,
    clock: systemClock,
    http: this.#http,
    log: silentLog,
    seriesPerFamilyMax: 10_000,
    cellsMax: 1_000_000,
    isPolling: true,
  });

  add(url: string): Source {
    return this.#sources.add({ name: "exporter", url, periodMs: 3_600_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sources[Symbol.asyncDispose]();
    this.#http.close();
  }
}

Deno.test("A URL source takes over a real Prometheus's own metrics, and counts from the first poll on", async () => {
  await using prometheus = await Prometheus.start({ scrapeConfigs: "- job_name: none" });
  await using node = new Node();
  const source = node.add(`${prometheus.url}/metrics`);
  await source.poll();
  assertEquals(source.status, { isUp: true, failure: null, problems: [] });
  const requests = 'prometheus_http_requests_total{code="200",handler="/metrics"}';
  const first = shownSeries(node.registry.shard);
  assert(Object.keys(first).length > 100, `${Object.keys(first).length} series`);
  assertEquals(first.process_start_time_seconds as number > 1e9, true);
  await source.poll();
  await source.poll();
  const later = shownSeries(node.registry.shard);
  assertEquals(later[requests], (first[requests] as number ?? 0) + 2);
});

Deno.test("A URL source reads OpenMetrics where that is answered, and an exporter that is away comes back", async () => {
  let body = "# TYPE a counter\na_total 5\n# EOF\n";
  const serve = (port: number) =>
    Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, () =>
      new Response(body, {
        headers: { "content-type": "application/openmetrics-text; version=1.0.0" },
      }));
  await using node = new Node();
  let server = serve(0);
  const { port } = server.addr;
  const source = node.add(`http://127.0.0.1:${port}/metrics`);
  await source.poll();
  body = "# TYPE a counter\na_total 8\n# EOF\n";
  await source.poll();
  assertEquals(shownSeries(node.registry.shard), { a_total: 3 });
  await server.shutdown();
  await source.poll();
  assertEquals(source.status.isUp, false);
  body = "# TYPE a counter\na_total 1\n# EOF\n";
  server = serve(port);
  try {
    await until(async () => {
      await source.poll();
      return source.status.isUp;
    }, { what: "the exporter to answer again" });
    assertEquals(shownSeries(node.registry.shard), { a_total: 4 });
  } finally {
    await server.shutdown();
  }
});

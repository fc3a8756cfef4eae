import { assertEquals } from "@std/assert";
import { systemClock } from "../../src/io/clock.ts";
import { HeadlessService } from "./headless_service.ts";
import { ask, sampleOf, startRuntime, untilTogether } from "./running_node.ts";
import { until } from "../until.ts";

const SCRAPE_SECONDS = 2;

Deno.test("A scrape is answered in time and whole although a listed peer accepts and never answers", async () => {
  await using service = await HeadlessService.start();
  const places = { one: service.place(51), two: service.place(52) };
  await service.list(places);
  await using one = await startRuntime("one", places.one, service.discovery);
  await using two = await startRuntime("two", places.two, service.discovery);
  await untilTogether([one, two]);
  for (const { registry } of [one, two]) {
    registry.counter({ name: "it_requests_total", help: "Whole numbers." }).inc(21);
  }
  const silent = service.place(53);
  await using _listener = new SilentListener(silent.host, silent.port);
  await service.list({ silent });
  await until(() => one.node.targets().includes(`${silent.host}:${silent.port}`), {
    what: "the silent peer to be known",
    deadlineMs: 2 * service.ttlMs,
  });
  for (let scrape = 0; scrape < 3; scrape++) {
    const startMs = systemClock.nowMs();
    const { status, text } = await ask(one, "/metrics", {
      headers: { "x-prometheus-scrape-timeout-seconds": String(SCRAPE_SECONDS) },
    });
    const tookMs = systemClock.nowMs() - startMs;
    assertEquals(status, 200, text);
    assertEquals(sampleOf(text, "it_requests_total"), 42);
    assertEquals(tookMs < SCRAPE_SECONDS * 1_000, true, `took ${tookMs} ms`);
  }
  const { text } = await ask(one, "/metrics/node");
  assertEquals(sampleOf(text, "muster_gather_failures_total"), 3);
  assertEquals(sampleOf(text, 'muster_scrapes_total{outcome="exposed"}'), 3);
});

/** Accepts connections, reads nothing and answers nothing. */
class SilentListener implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #connections: Deno.TcpConn[] = [];
  readonly #accepting: Promise<void>;

  constructor(hostname: string, port: number) {
    this.#listener = Deno.listen({ hostname, port });
    this.#accepting = this.#accept();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const connection of this.#connections) connection.close();
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) this.#connections.push(connection);
  }
}

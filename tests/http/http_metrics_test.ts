import { assertEquals, assertRejects } from "@std/assert";
import { Hono } from "hono";
import { httpMetrics } from "../../src/http/http_metrics.ts";
import { TextRenderer } from "../../src/exposition/text.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { FakeClock } from "../fake_clock.ts";

function measured(): { app: Hono; clock: FakeClock; lines(pattern: RegExp): Promise<string[]> } {
  const registry = new Registry();
  const clock = new FakeClock();
  const app = new Hono();
  app.use(httpMetrics({ registry, clock, buckets: [0.1, 1] }));
  return {
    app,
    clock,
    async lines(pattern) {
      registry.shard.stamp();
      const text = await new Blob([...new TextRenderer().render(registry.shard)]).text();
      return text.split("\n").filter((line) => pattern.test(line));
    },
  };
}

Deno.test("httpMetrics labels a request with its route's template, never with its path", async () => {
  const { app, clock, lines } = measured();
  app.get("/users/:id", async (context) => {
    clock.jump(250);
    await Promise.resolve();
    return context.text("hello", 201);
  });
  await app.request("/users/7");
  await app.request("/users/8");
  assertEquals(await lines(/_(count|sum)\{/), [
    'http_server_request_duration_seconds_sum{method="GET",route="/users/:id",status="201"} 0.5',
    'http_server_request_duration_seconds_count{method="GET",route="/users/:id",status="201"} 2',
  ]);
});

Deno.test("httpMetrics gives what no route matched an empty route, and invented methods one name", async () => {
  const { app, lines } = measured();
  app.get("/known", (context) => context.text("hello"));
  await app.request("/wp-admin/1");
  await app.request("/wp-admin/2");
  await app.request("/known", { method: "FOO" });
  assertEquals(await lines(/_count\{/), [
    'http_server_request_duration_seconds_count{method="GET",route="",status="404"} 2',
    'http_server_request_duration_seconds_count{method="_OTHER",route="",status="404"} 1',
  ]);
});

Deno.test("httpMetrics counts a handler that throws with the status it was answered with", async () => {
  const { app, lines } = measured();
  app.onError((_error, context) => context.text("sorry", 503));
  app.get("/broken", () => {
    throw new Error("broken");
  });
  await app.request("/broken");
  assertEquals(await lines(/_count\{/), [
    'http_server_exception_duration_seconds_count{method="GET",route="/broken",status="503",error="Error"} 1',
    'http_server_request_duration_seconds_count{method="GET",route="/broken",status="503"} 1',
  ]);
  assertEquals(await lines(/^http_server_active_requests /), ["http_server_active_requests 0"]);
});

Deno.test("httpMetrics shows how many requests are being answered", async () => {
  const { app, lines } = measured();
  const gate = Promise.withResolvers<void>();
  app.get("/slow", async (context) => {
    await gate.promise;
    return context.text("done");
  });
  const answers = [app.request("/slow"), app.request("/slow")];
  assertEquals(await lines(/^http_server_active_requests /), ["http_server_active_requests 2"]);
  gate.resolve();
  await Promise.all(answers);
  assertEquals(await lines(/^http_server_active_requests /), ["http_server_active_requests 0"]);
});

Deno.test("httpMetrics keeps its gauge right where even the error handler throws", async () => {
  const { app, lines } = measured();
  app.onError((error) => {
    throw error;
  });
  app.get("/broken", () => {
    throw new Error("broken");
  });
  await assertRejects(() => Promise.resolve(app.request("/broken")), Error, "broken");
  assertEquals(await lines(/^http_server_active_requests /), ["http_server_active_requests 0"]);
});

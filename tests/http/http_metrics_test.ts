import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { Hono } from "hono";
import { streamText } from "hono/streaming";
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

Deno.test("httpMetrics labels a request with the route that answers, or would have, not with a later one", async () => {
  const { app, lines } = measured();
  app.use("/users/*", async (context, next) => {
    if (context.req.header("authorization") === undefined) return context.text("who?", 401);
    await next();
  });
  app.get("/users/:id", (context) => context.text("hello"));
  app.get("/posts/:id", async (context, next) => {
    if (context.req.param("id") === "0") return await next();
    return context.text("hello");
  });
  app.get("*", (context) => context.text("the page of all others"));
  const headers = { authorization: "me" };
  await app.request("/users/7", { headers });
  await app.request("/users/8");
  await app.request("/posts/7");
  await app.request("/posts/0");
  await app.request("/else");
  const of = (route: string, status: number, count: number) =>
    `http_server_request_duration_seconds_count{method="GET",route="${route}",status="${status}"} ${count}`;
  assertEquals((await lines(/_count\{/)).sort(), [
    of("/*", 200, 2),
    of("/posts/:id", 200, 1),
    of("/users/:id", 200, 1),
    of("/users/:id", 401, 1),
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

Deno.test("httpMetrics observes the sizes that requests declare, and no others", async () => {
  const { app, lines } = measured();
  app.post("/echo", async (context) => context.text(await context.req.text()));
  const post = (length: string) =>
    app.request("/echo", {
      method: "POST",
      body: "hello",
      headers: { "content-length": length },
    });
  for (const length of ["5", "-1e9", "five", "99999999999999999999"]) await post(length);
  await app.request("/echo", { method: "POST", body: "hello" });
  assertEquals(await lines(/body_size_bytes_(count|sum)/), [
    'http_server_request_body_size_bytes_sum{method="POST",route="/echo",status="200"} 5',
    'http_server_request_body_size_bytes_count{method="POST",route="/echo",status="200"} 1',
  ]);
});

Deno.test("httpMetrics with countBodies tells how large and how long a real streamed answer became", async () => {
  const registry = new Registry();
  const app = new Hono();
  app.use(httpMetrics({ registry, countBodies: true }));
  const gate = Promise.withResolvers<void>();
  app.get("/stream", (context) =>
    streamText(context, async (stream) => {
      await stream.write("begin ");
      await gate.promise;
      await stream.write("end");
    }));
  app.get("/json", (context) => context.json({ a: 1 }));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  const url = `http://127.0.0.1:${server.addr.port}`;
  const lines = async (pattern: RegExp) => {
    registry.shard.stamp();
    const text = await new Blob([...new TextRenderer().render(registry.shard)]).text();
    return text.split("\n").filter((line) => pattern.test(line));
  };
  const response = await fetch(`${url}/stream`);
  // The answer is on its way: the request is over, and its body is not.
  assertEquals((await lines(/request_duration_seconds_count/)).length, 1);
  assertEquals(await lines(/response_.*_count/), []);
  gate.resolve();
  assertEquals(await response.text(), "begin end");
  assertEquals(await (await fetch(`${url}/json`)).json(), { a: 1 });
  assertEquals(await lines(/response_body_size_bytes_sum|response_duration_seconds_count/), [
    'http_server_response_body_size_bytes_sum{method="GET",route="/stream",status="200"} 9',
    'http_server_response_body_size_bytes_sum{method="GET",route="/json",status="200"} 7',
    'http_server_response_duration_seconds_count{method="GET",route="/stream",status="200"} 1',
    'http_server_response_duration_seconds_count{method="GET",route="/json",status="200"} 1',
  ]);
});

Deno.test("httpMetrics gives the class of what was thrown, never its text", async () => {
  const { app, lines } = measured();
  app.onError((_error, context) => context.text("sorry", 500));
  app.get("/broken/:id", (context) => {
    const error = new RangeError(`no such user: ${context.req.param("id")}`);
    throw Object.assign(error, { name: `RangeError ${context.req.param("id")}` });
  });
  await app.request("/broken/7");
  await app.request("/broken/8");
  assertEquals(await lines(/exception_duration_seconds_count/), [
    'http_server_exception_duration_seconds_count{method="GET",route="/broken/:id",status="500",error="RangeError"} 2',
  ]);
});

Deno.test("httpMetrics answers as ever where measuring fails, and still counts the request", async () => {
  const registry = new Registry();
  const measure = httpMetrics({ registry });
  const res = new Response("hello", { status: 200 });
  const broken = {
    get req(): never {
      throw new Error("a broken context");
    },
    res,
  };
  let isAnswered = false;
  await measure(broken, async () => {
    await Promise.resolve();
    isAnswered = true;
  });
  assertEquals([isAnswered, broken.res === res], [true, true]);
  registry.shard.stamp();
  const text = await new Blob([...new TextRenderer().render(registry.shard)]).text();
  assertStringIncludes(text, '_count{method="_OTHER",route="",status="200"} 1\n');
  assertStringIncludes(text, "http_server_active_requests 0\n");
});

Deno.test("httpMetrics needs somewhere to put what it measures", () => {
  assertThrows(() => httpMetrics({}), TypeError, "bus or registry must be given");
});

import { assertEquals } from "@std/assert";
import { Hono } from "hono";
import { notFound } from "../../src/http/not_found.ts";

Deno.test("notFound tells a wrong method from a wrong path", async () => {
  const app = new Hono();
  app.use(async (_, next) => await next());
  app.get("/metrics", (context) => context.text("m"));
  app.get("/both", (context) => context.text("b"));
  app.post("/both", (context) => context.text("b"));
  app.notFound(notFound(app));
  const answers = [];
  for (const [method, path] of [["POST", "/metrics"], ["DELETE", "/both"], ["POST", "/metric"]]) {
    const response = await app.request(path!, { method: method! });
    answers.push([response.status, response.headers.get("allow"), await response.text()]);
  }
  assertEquals(answers, [
    [405, "GET, HEAD", "/metrics takes GET, HEAD: received POST.\n"],
    [405, "GET, HEAD, POST", "/both takes GET, HEAD, POST: received DELETE.\n"],
    [404, null, "Nothing is at /metric.\n"],
  ]);
  assertEquals((await app.request("/metrics", { method: "HEAD" })).status, 200);
});

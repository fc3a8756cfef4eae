import { assertEquals, assertThrows } from "@std/assert";
import { serve } from "../../src/http/server.ts";
import { HalfSentRequest } from "../integration/half_sent_request.ts";
import { until } from "../until.ts";

const HOST = "127.0.0.1";
const unexpected = (error: unknown) => {
  throw error;
};

Deno.test("serve names the address that can't be bound", async () => {
  const options = { host: HOST, port: 0, handler: () => new Response(), onError: unexpected };
  await using server = serve(options);
  const { port } = server;
  assertThrows(() => serve({ ...options, port }), Error, `Cannot listen on ${HOST}:${port}: `);
});

Deno.test("serve ends after the answers under way, with a request of which a part is still to come", async () => {
  let isRead = false;
  const server = serve({
    host: HOST,
    port: 0,
    handler: async (request) => {
      isRead = true;
      return new Response(`received ${await request.text()}`);
    },
    onError: unexpected,
  });
  const url = `http://${HOST}:${server.port}`;
  await using late = await HalfSentRequest.start(url, "/", "whole");
  await until(() => isRead, { what: "the request to be read" });
  const ended = server[Symbol.asyncDispose]();
  const newcomer = await fetch(url);
  assertEquals([newcomer.status, await newcomer.text()], [503, "Stopping.\n"]);
  assertEquals((await late.finish()).endsWith("received whole"), true);
  await ended;
});

Deno.test("serve ends although an answer never comes", async () => {
  let isAsked = false;
  const { promise: never, resolve } = Promise.withResolvers<Response>();
  const server = serve({
    host: HOST,
    port: 0,
    handler: () => {
      isAsked = true;
      return never;
    },
    drainMs: 10,
    onError: unexpected,
  });
  const asked = fetch(`http://${HOST}:${server.port}`);
  await until(() => isAsked, { what: "the request" });
  await server[Symbol.asyncDispose]();
  resolve(new Response("too late"));
  await (await asked).text();
});

Deno.test("serve tells what a handler threw, and answers 500 without it", async () => {
  const told: unknown[] = [];
  const handler = () => {
    throw new Error("secret");
  };
  await using server = serve({ host: HOST, port: 0, handler, onError: (e) => told.push(e) });
  const answer = await fetch(`http://${HOST}:${server.port}`);
  assertEquals([answer.status, (await answer.text()).includes("secret")], [500, false]);
  assertEquals(told.map((error) => (error as Error).message), ["secret"]);
});

Deno.test("serve says of no answer to HEAD that it has 0 bytes, as that to GET may have more", async () => {
  const answers: Record<string, () => Response> = {
    "/none": () => new Response(null, { status: 503, headers: { "x-kept": "1" } }),
    "/text": () => new Response("hello"),
    "/said": () => new Response(null, { headers: { "content-length": "7" } }),
    "/bodiless": () => new Response(null, { status: 204 }),
  };
  const handler = ({ url }: Request) => answers[new URL(url).pathname]!();
  await using server = serve({ host: HOST, port: 0, handler, onError: unexpected });
  const seen: unknown[] = [];
  for (const path of Object.keys(answers)) {
    const { status, headers } = await fetch(`http://${HOST}:${server.port}${path}`, {
      method: "HEAD",
    });
    seen.push([status, headers.get("content-length"), headers.get("x-kept")]);
  }
  assertEquals(seen, [[503, null, "1"], [200, "5", null], [200, "7", null], [204, null, null]]);
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { LiveView } from "../../src/adapters/live_view.ts";
import { until } from "../until.ts";
import { HeardEvents } from "./heard_events.ts";

/** A server of real server-sent events, and the texts that its client gets. */
async function withStream(
  work: (stream: SSEStreamingApi, view: LiveView) => Promise<void>,
  use: (body: ReadableStream<Uint8Array<ArrayBuffer>>, heard: HeardEvents) => Promise<void>,
): Promise<void> {
  const heard = new HeardEvents();
  const view = new LiveView({ bus: heard.bus }, { view: "board" });
  const app = new Hono().get("/live", (context) =>
    streamSSE(
      context,
      view.stream((stream) => work(stream, view)),
      () => Promise.resolve(),
    ));
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/live`);
  await use(response.body!, heard);
  await server.shutdown();
}

Deno.test("LiveView measures a real stream of server-sent events and its messages", async () => {
  await withStream(async (stream, view) => {
    for (const move of ["e4", "é"]) {
      await stream.writeSSE({ event: "move", data: view.render("piece", () => `<b>${move}</b>`) });
    }
  }, async (body, heard) => {
    const text = await new Response(body).text();
    assertEquals(
      text,
      "event: move\ndata: <b>e4</b>\n\nevent: move\ndata: <b>é</b>\n\n",
    );
    assertEquals(heard.of("live.message").map(([, measured, labels]) => [measured, labels]), [
      [{ count: 1, bytes: 9 }, { view: "board" }],
      [{ count: 1, bytes: 9 }, { view: "board" }],
    ]);
    assertEquals(heard.of("live.open")[0]![2], { view: "board", transport: "sse" });
    const [, measured, labels] = heard.of("live.close")[0]!;
    assert(measured.duration_ms! >= 0);
    assertEquals(labels, { view: "board", transport: "sse", result: "completed" });
    assertEquals(heard.of("live.render.stop").map(([, , { component }]) => component), [
      "piece",
      "piece",
    ]);
    assertEquals(heard.failures, []);
  });
});

Deno.test("LiveView ends a connection when its client is gone, and counts nothing after that", async () => {
  const goneOn = Promise.withResolvers<void>();
  await withStream(async (stream) => {
    await stream.writeSSE({ data: "first" });
    await goneOn.promise;
    await stream.writeSSE({ data: "nobody reads this" });
  }, async (body, heard) => {
    const reader = body.getReader();
    await reader.read();
    await reader.cancel();
    await until(() => heard.of("live.close").length > 0, { what: "the close" });
    goneOn.resolve();
    assertEquals(heard.of("live.close").map(([, , { result }]) => result), ["aborted"]);
    assertEquals(heard.of("live.message").length, 1);
  });
});

Deno.test("LiveView tells that the work of a stream failed", async () => {
  await withStream(() => Promise.reject(new RangeError("no moves left")), async (body, heard) => {
    assertEquals(await new Response(body).text(), "event: error\ndata: no moves left\n\n");
    assertEquals(heard.of("live.close")[0]![2].result, "failed");
    assertEquals(heard.of("live.stream.exception")[0]![2], { view: "board", error: "RangeError" });
  });
});

Deno.test("LiveView measures mounts, events and renders, and bounds the events of clients", async () => {
  const heard = new HeardEvents();
  const view = new LiveView({ bus: heard.bus }, { view: "board", events: ["move"] });
  assertEquals(view.mount(() => "page"), "page");
  assertEquals(await view.handle("move", () => Promise.resolve(1)), 1);
  view.handle("__proto__", () => {});
  const failing = () => {
    throw new TypeError("broken");
  };
  for (
    const work of [view.mount, view.render.bind(view, "piece"), view.handle.bind(view, "move")]
  ) {
    assertThrows(() => (work as (work: () => void) => void).call(view, failing), TypeError);
  }
  const ended = heard.all.filter(([name]) => !name.endsWith(".start"));
  assertEquals(
    ended.map(([name, , labels]) => [name, labels]),
    [
      ["live.mount.stop", { view: "board" }],
      ["live.event.stop", { view: "board", event: "move" }],
      ["live.event.stop", { view: "board", event: "_other" }],
      ["live.mount.exception", { view: "board", error: "TypeError" }],
      ["live.render.exception", { view: "board", component: "piece", error: "TypeError" }],
      ["live.event.exception", { view: "board", event: "move", error: "TypeError" }],
    ],
  );
});

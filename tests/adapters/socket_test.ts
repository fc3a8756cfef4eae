import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Hono } from "hono";
import { upgradeWebSocket } from "hono/deno";
import { closeCode } from "../../src/adapters/close_code.ts";
import {
  measureJoin,
  measureSocket,
  type SocketHandlers,
  type SocketOptions,
} from "../../src/adapters/socket.ts";
import { until } from "../until.ts";
import { HeardEvents } from "./heard_events.ts";

/** A server of real WebSockets that answers in capital letters. */
function serve(options: Partial<SocketOptions> = {}) {
  const heard = new HeardEvents();
  const app = new Hono().get(
    "/shout",
    upgradeWebSocket(() =>
      measureSocket({ bus: heard.bus }, { socket: "shout", ...options }, {
        onMessage: (event, socket) => socket.send(String(event.data).toUpperCase()),
      })
    ),
  );
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  return { heard, server, url: `ws://127.0.0.1:${server.addr.port}/shout` };
}

/** Says something over a new WebSocket, and gives the answer. */
async function say(url: string, text: string): Promise<{ answer: string; close(): Promise<void> }> {
  const socket = new WebSocket(url);
  const opened = new Promise((resolve) => socket.onopen = resolve);
  const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
  await opened;
  const answered = new Promise<string>((resolve) => socket.onmessage = ({ data }) => resolve(data));
  socket.send(text);
  return {
    answer: await answered,
    close: () => {
      socket.close(4_001);
      return closed;
    },
  };
}

Deno.test("measureSocket measures a real WebSocket from its opening to its close", async () => {
  const { heard, server, url } = serve();
  const { answer, close } = await say(url, "häh");
  assertEquals(answer, "HÄH");
  await close();
  await until(() => heard.of("websocket.close").length === 1, { what: "the close" });
  await server.shutdown();
  assertEquals(heard.names("websocket."), [
    "websocket.open",
    "websocket.message",
    "websocket.handle.start",
    "websocket.message",
    "websocket.handle.stop",
    "websocket.close",
  ]);
  const [[, opened, openLabels]] = heard.of("websocket.open") as [HeardEvents["all"][number]];
  assertEquals(openLabels, { socket: "shout", result: "ok" });
  assert(opened.connect_ms! >= 0);
  assertEquals(heard.of("websocket.message").map(([, measured, labels]) => [measured, labels]), [
    [{ count: 1, bytes: 4 }, { socket: "shout", direction: "in" }],
    [{ count: 1, bytes: 4 }, { socket: "shout", direction: "out" }],
  ]);
  assertEquals(heard.of("websocket.handle.stop").map(([, , labels]) => labels), [
    { socket: "shout", event: "message" },
  ]);
  const [, closed, closeLabels] = heard.of("websocket.close")[0]!;
  assertEquals(closeLabels, { socket: "shout", code: "application" });
  assert(closed.duration_ms! >= 0);
  assertEquals(heard.failures, []);
});

Deno.test("measureSocket lets no message name an event that is not declared", async () => {
  const eventOf = (data: unknown) => String(data).split(":")[0]!;
  const { heard, server, url } = serve({ eventOf, events: ["join"] });
  for (const text of ["join:lobby", "constructor", "x".repeat(100)]) {
    await (await say(url, text)).close();
  }
  await until(() => heard.of("websocket.close").length === 3, { what: "three closes" });
  await server.shutdown();
  const events = heard.of("websocket.handle.stop").map(([, , { event }]) => event);
  assertEquals(events, ["join", "_other", "_other"]);
});

Deno.test("measureSocket hands on what a socket needs although the adapter fails", async () => {
  const eventOf = () => {
    throw new Error("a broken option");
  };
  const { heard, server, url } = serve({ eventOf });
  const { answer, close } = await say(url, "hi");
  await close();
  await until(() => heard.of("websocket.close").length === 1, { what: "the close" });
  await server.shutdown();
  assertEquals([answer, heard.failures], ["HI", ["Error: a broken option"]]);
});

Deno.test("measureSocket tells what handlers throw, and throws it on", async () => {
  const heard = new HeardEvents();
  const throwing: Required<SocketHandlers> = {
    onOpen: () => {
      throw new TypeError("at once");
    },
    onMessage: () => Promise.reject(new RangeError("later")),
    onClose: () => {
      throw new Error("at the end");
    },
    onError: () => {
      throw new Error("in an error");
    },
  };
  const handlers = measureSocket({ bus: heard.bus }, { socket: "chat" }, throwing);
  const context = { send() {} };
  assertThrows(() => handlers.onOpen({}, context), TypeError, "at once");
  const later = async () => await handlers.onMessage({ data: "x" }, context);
  await assertRejects(later, RangeError, "later");
  assertThrows(() => handlers.onError({}, context), Error, "in an error");
  assertThrows(() => handlers.onClose({ code: 1000 }, context), Error, "at the end");
  const seen = heard.of("websocket.handle.exception").map(([, , { event, error }]) => [
    event,
    error,
  ]);
  assertEquals(seen, [
    ["_open", "TypeError"],
    ["message", "RangeError"],
    ["_error", "Error"],
    ["_close", "Error"],
  ]);
});

Deno.test("measureSocket counts a connection that closes before it opened as failed", () => {
  const heard = new HeardEvents();
  const none: SocketHandlers = {};
  measureSocket({ bus: heard.bus }, { socket: "chat" }, none).onClose!({ code: 1006 }, {});
  assertEquals(heard.all.map(([name, , labels]) => [name, labels]), [
    ["websocket.open", { socket: "chat", result: "error" }],
  ]);
});

Deno.test("measureJoin tells who was let in and who was not", async () => {
  const heard = new HeardEvents();
  const labels = { socket: "chat", channel: "room" };
  assertEquals(await measureJoin({ bus: heard.bus }, labels, () => Promise.resolve(3)), 3);
  assertThrows(() =>
    measureJoin({ bus: heard.bus }, labels, () => {
      throw new RangeError("full");
    })
  );
  assertEquals(heard.of("websocket.join.stop")[0]![2], labels);
  assertEquals(heard.of("websocket.join.exception")[0]![2], { ...labels, error: "RangeError" });
});

Deno.test("closeCode makes few labels of what clients may send", () => {
  const codes = [1000, 1006, 1015, 1016, 3000, 4999, 5000, -1, NaN, undefined, "1000"];
  assertEquals(codes.map(closeCode), [
    ...["1000", "1006", "1015", "other", "application", "application"],
    ...["other", "other", "other", "other", "other"],
  ]);
});

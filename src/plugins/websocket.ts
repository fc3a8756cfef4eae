import { definePlugin, type Plugin } from "./plugin.ts";

const SHORT_BUCKETS: readonly number[] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** Connections over WebSockets, and what goes over them. */
export const WEBSOCKET: Plugin = definePlugin({
  name: "websocket",
  help: "Connections over WebSockets, by what they are for, and their messages. The adapters " +
    "measureSocket (for Hono's upgradeWebSocket) and measureJoin emit the events. The events _open, " +
    "_close and _error are the handlers of those names.",
  options: { prefix: "" },
  isInternal: true,
  metrics: {
    "websocket.connections": {
      kind: "gauge",
      help: "Connections that are open.",
      group: "connections",
      labels: ["socket"],
      merge: "sum",
    },
    "websocket.connect.seconds": {
      kind: "histogram",
      help: "Time from the request to the open connection, or to its failure, in seconds.",
      group: "connections",
      unit: "seconds",
      labels: ["socket", "result"],
      buckets: SHORT_BUCKETS,
    },
    "websocket.connection.duration.seconds": {
      kind: "histogram",
      help: "Time that a connection was open, in seconds, by the code it was closed with.",
      group: "connections",
      unit: "seconds",
      labels: ["socket", "code"],
      buckets: [1, 10, 60, 300, 1_800, 7_200, 28_800, 86_400],
    },
    "websocket.joins.total": {
      kind: "counter",
      help: "Channels that were joined over a connection.",
      group: "joins",
      labels: ["socket", "channel"],
    },
    "websocket.join.duration.seconds": {
      kind: "histogram",
      help: "Time to join a channel, in seconds.",
      group: "joins",
      unit: "seconds",
      labels: ["socket", "channel"],
      buckets: SHORT_BUCKETS,
    },
    "websocket.join.failures.total": {
      kind: "counter",
      help: "Channels that could not be joined, by what was thrown.",
      group: "joins",
      labels: ["socket", "channel", "error"],
    },
    "websocket.messages.total": {
      kind: "counter",
      help: "Messages, by direction: in or out.",
      group: "messages",
      labels: ["socket", "direction"],
    },
    "websocket.message.size.bytes": {
      kind: "histogram",
      help: "Bytes of a message, by direction.",
      group: "messages",
      unit: "bytes",
      labels: ["socket", "direction"],
      buckets: [64, 512, 4_096, 32_768, 262_144, 2_097_152],
    },
    "websocket.handle.duration.seconds": {
      kind: "histogram",
      help: "Time to handle a message or another event of a connection, in seconds.",
      group: "messages",
      unit: "seconds",
      labels: ["socket", "event"],
      buckets: SHORT_BUCKETS,
    },
    "websocket.handle.exception.duration.seconds": {
      kind: "histogram",
      help: "Time until a handler threw, in seconds, by what it threw.",
      group: "exceptions",
      unit: "seconds",
      labels: ["socket", "event", "error"],
      buckets: SHORT_BUCKETS,
    },
  },
  events: {
    "websocket.open": {
      help: "A connection opened (result ok), or closed before it did (result error).",
      bindings: [
        { metric: "websocket.connections", effect: "add", when: { result: "ok" } },
        {
          metric: "websocket.connect.seconds",
          measurement: "connect_ms",
          convert: "ms_to_seconds",
        },
      ],
    },
    "websocket.close": {
      help: "An open connection closed.",
      bindings: [
        { metric: "websocket.connections", effect: "subtract" },
        {
          metric: "websocket.connection.duration.seconds",
          measurement: "duration_ms",
          convert: "ms_to_seconds",
        },
      ],
    },
    "websocket.join.stop": {
      help: "A channel was joined.",
      bindings: [
        { metric: "websocket.joins.total" },
        {
          metric: "websocket.join.duration.seconds",
          measurement: "duration_ms",
          convert: "ms_to_seconds",
        },
      ],
    },
    "websocket.join.exception": {
      help: "A channel could not be joined.",
      bindings: [{ metric: "websocket.join.failures.total" }],
    },
    "websocket.message": {
      help: "A message came, or was sent.",
      bindings: [
        { metric: "websocket.messages.total" },
        { metric: "websocket.message.size.bytes", measurement: "bytes" },
      ],
    },
    "websocket.handle.stop": {
      help: "A handler ended well.",
      bindings: [{
        metric: "websocket.handle.duration.seconds",
        measurement: "duration_ms",
        convert: "ms_to_seconds",
      }],
    },
    "websocket.handle.exception": {
      help: "A handler threw.",
      bindings: [{
        metric: "websocket.handle.exception.duration.seconds",
        measurement: "duration_ms",
        convert: "ms_to_seconds",
      }],
    },
  },
});

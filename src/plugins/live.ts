import { definePlugin, type Plugin } from "./plugin.ts";

const WORK_BUCKETS: readonly number[] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10];

/** A histogram of how long some work of a view took. */
function work(what: string, group: string, labels: readonly string[]) {
  return {
    kind: "histogram",
    help: `Time ${what}, in seconds.`,
    group,
    unit: "seconds",
    labels,
    buckets: WORK_BUCKETS,
  } as const;
}

/** The binding of a span's duration. */
function duration<M extends string>(metric: M) {
  return [{ metric, measurement: "duration_ms", convert: "ms_to_seconds" }] as const;
}

/** Pages that the server keeps up to date. */
export const LIVE: Plugin = definePlugin({
  name: "live",
  help:
    "Pages that the server keeps up to date, over server-sent events or a WebSocket, by view. The " +
    "adapter LiveView emits the events; measureSocket measures the WebSocket below a view.",
  options: { prefix: "" },
  isInternal: true,
  metrics: {
    "live.mount.duration.seconds": work("to make a view for a client", "mounts", ["view"]),
    "live.mount.exception.duration.seconds": work(
      "until making a view threw",
      "exceptions",
      ["view", "error"],
    ),
    "live.event.duration.seconds": work("to handle an event of a client", "events", [
      "view",
      "event",
    ]),
    "live.event.exception.duration.seconds": work(
      "until handling an event threw",
      "exceptions",
      ["view", "event", "error"],
    ),
    "live.render.duration.seconds": work("to render a component", "renders", [
      "view",
      "component",
    ]),
    "live.render.exception.duration.seconds": work(
      "until rendering a component threw",
      "exceptions",
      ["view", "component", "error"],
    ),
    "live.connections": {
      kind: "gauge",
      help: "Streams that are open.",
      group: "connections",
      labels: ["view", "transport"],
      merge: "sum",
    },
    "live.connection.duration.seconds": {
      kind: "histogram",
      help: "Time that a stream was open, in seconds: completed, failed, or aborted by the client.",
      group: "connections",
      unit: "seconds",
      labels: ["view", "transport", "result"],
      buckets: [1, 10, 60, 300, 1_800, 7_200, 28_800, 86_400],
    },
    "live.messages.total": {
      kind: "counter",
      help: "Messages that were written to streams.",
      group: "messages",
      labels: ["view"],
    },
    "live.message.size.bytes": {
      kind: "histogram",
      help: "Bytes of the data of a message.",
      group: "messages",
      unit: "bytes",
      labels: ["view"],
      buckets: [64, 512, 4_096, 32_768, 262_144, 2_097_152],
    },
    "live.stream.failures.total": {
      kind: "counter",
      help: "Streams that ended because their work threw, by what it threw.",
      group: "exceptions",
      labels: ["view", "error"],
    },
  },
  events: {
    "live.mount.stop": {
      help: "A view was made for a client.",
      bindings: duration("live.mount.duration.seconds"),
    },
    "live.mount.exception": {
      help: "Making a view threw.",
      bindings: duration("live.mount.exception.duration.seconds"),
    },
    "live.event.stop": {
      help: "An event of a client was handled.",
      bindings: duration("live.event.duration.seconds"),
    },
    "live.event.exception": {
      help: "Handling an event threw.",
      bindings: duration("live.event.exception.duration.seconds"),
    },
    "live.render.stop": {
      help: "A component was rendered.",
      bindings: duration("live.render.duration.seconds"),
    },
    "live.render.exception": {
      help: "Rendering a component threw.",
      bindings: duration("live.render.exception.duration.seconds"),
    },
    "live.open": {
      help: "A stream opened.",
      bindings: [{ metric: "live.connections", effect: "add" }],
    },
    "live.close": {
      help: "A stream ended.",
      bindings: [
        { metric: "live.connections", effect: "subtract" },
        {
          metric: "live.connection.duration.seconds",
          measurement: "duration_ms",
          convert: "ms_to_seconds",
        },
      ],
    },
    "live.message": {
      help: "A message was written to a stream.",
      bindings: [
        { metric: "live.messages.total" },
        { metric: "live.message.size.bytes", measurement: "bytes" },
      ],
    },
    "live.stream.exception": {
      help: "The work of a stream threw.",
      bindings: [{ metric: "live.stream.failures.total" }],
    },
  },
});

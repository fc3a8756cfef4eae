import { Hono } from "hono";
import type { ClusterNode } from "../cluster/cluster_node.ts";
import { CLUSTER_EVENT, type ClusterEvent } from "../cluster/event_log.ts";
import type { Bus } from "../telemetry/bus.ts";
import type { OpsEnv } from "./ops_env.ts";

/** Streams that may be open at once. */
const STREAMS_MAX = 100;
/** A comment this often keeps proxies from closing a quiet stream, and finds readers that are gone. */
const KEEP_ALIVE_MS = 15_000;
/** Events that may wait for a slow reader before its stream is closed. */
const WAITING_CHUNKS_MAX = 1_000;

/** What the events' route works with. */
export interface EventsRouteOptions {
  readonly node: ClusterNode;
  readonly bus: Bus;
  /** Ends every stream. */
  readonly signal: AbortSignal;
}

/**
 * `GET /cluster/events`: the log of events as a stream of server-sent events that goes on, or with
 * `?format=json` as it is. A reader that comes back with `Last-Event-ID` gets what it missed.
 */
export function eventsRoute(options: EventsRouteOptions): Hono<OpsEnv> {
  let streams = 0;
  return new Hono<OpsEnv>().get("/cluster/events", (context) => {
    const { node } = options;
    const format = context.req.query("format");
    if (format === "json") {
      return context.json({ self: node.state.self.node, events: node.events.after(0) });
    }
    if (format !== undefined) {
      const error = `format must be "json", or left out for a stream: received "${format}".`;
      return context.json({ error }, 400);
    }
    if (streams >= STREAMS_MAX) {
      const error = `${STREAMS_MAX} streams are open, which is the limit: close one of them.`;
      return context.json({ error }, 503);
    }
    streams++;
    const lastId = Number(context.req.header("last-event-id") ?? 0);
    // An id from before this process began says nothing about what its reader missed.
    const afterId = lastId <= node.events.count ? lastId : 0;
    const stream = eventStream(options, afterId, () => streams--);
    return new Response(stream, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  });
}

function eventStream(
  { node, bus, signal }: EventsRouteOptions,
  afterId: number,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let end = () => {};
  return new ReadableStream<Uint8Array>({
    start(controller) {
      let cancelTimer = () => {};
      let hasEnded = false;
      const send = (text: string) => {
        if ((controller.desiredSize ?? 0) < -WAITING_CHUNKS_MAX) return end();
        controller.enqueue(encoder.encode(text));
      };
      const keepAlive = () => {
        send(": still here\n\n");
        if (!hasEnded) cancelTimer = node.clock.after(KEEP_ALIVE_MS, keepAlive);
      };
      const detach = bus.attach(CLUSTER_EVENT, (_name, _measurements, event) => {
        send(format(event as unknown as ClusterEvent));
      });
      end = () => {
        if (hasEnded) return;
        hasEnded = true;
        detach();
        cancelTimer();
        signal.removeEventListener("abort", end);
        onEnd();
        try {
          controller.close();
        } catch {
          // The reader had cancelled, which closes the stream by itself.
        }
      };
      if (signal.aborted) return end();
      signal.addEventListener("abort", end);
      send(": the events of the cluster, as this node saw them\n\n");
      for (const event of node.events.after(afterId)) send(format(event));
      cancelTimer = node.clock.after(KEEP_ALIVE_MS, keepAlive);
    },
    cancel: () => end(),
  });
}

function format(event: ClusterEvent): string {
  return `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}

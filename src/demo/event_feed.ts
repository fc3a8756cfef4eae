import type { ClusterEvent } from "../cluster/event_log.ts";
import { type Clock, sleep } from "../io/clock.ts";
import { createConnections } from "../io/fetch_connections.ts";
import type { FleetNode } from "./fleet.ts";
import { SseReader } from "./sse_reader.ts";

const PAUSE_MS = 200;
/** How far apart two nodes may notice the same thing. */
const ECHO_MS = 20_000;
/** What a node noted this long before the last feed broke may have been missed. */
const OVERLAP_MS = 1_000;

/** What the feed works with. */
export interface EventFeedOptions {
  readonly clock: Clock;
  readonly nodes: () => readonly FleetNode[];
  readonly onEvent: (event: ClusterEvent, reporter: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Follows the cluster's events through one node that runs. When that one ends it goes on with another,
 * which saw the same things at slightly different times: what was told already is left out.
 */
export async function followEvents(options: EventFeedOptions): Promise<void> {
  const { clock, nodes, onEvent, signal } = options;
  const connections = createConnections();
  const told = new Map<string, { readonly reporter: number; readonly at: number }>();
  let followedUntilMs = -Infinity;
  for (let reporter = 0; !signal.aborted; reporter++) {
    // The one that has seen most: a new life has nothing to tell of itself.
    const running = nodes().filter(({ phase }) => phase === "running");
    const [node] = running.sort((a, b) => a.sinceMs - b.sinceMs);
    if (node !== undefined) {
      const url = `http://${node.endpoint.ip}:${node.endpoint.port}/cluster/events`;
      const from = followedUntilMs - OVERLAP_MS;
      try {
        for await (const data of streamOf(url, connections.to(new URL(url)), signal)) {
          const event: ClusterEvent = JSON.parse(data);
          const key = `${event.kind} ${event.node} ${event.incarnation}`;
          const before = told.get(key);
          const isEcho = before !== undefined && before.reporter !== reporter &&
            Math.abs(event.at - before.at) < ECHO_MS;
          if (event.at < from || isEcho) continue;
          told.set(key, { reporter, at: event.at });
          onEvent(event, node.name);
        }
        followedUntilMs = clock.nowMs();
      } catch {
        // It does not listen yet, or has ended.
        if (told.size > 0) followedUntilMs = clock.nowMs();
      }
    }
    await sleep(clock, PAUSE_MS, signal);
  }
  connections.close();
}

async function* streamOf(
  url: string,
  client: Deno.HttpClient,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { body } = await fetch(url, { client, signal });
  if (body === null) return;
  const chunks = body.getReader();
  const cancel = () => void chunks.cancel().catch(() => {});
  signal.addEventListener("abort", cancel);
  const decoder = new TextDecoder();
  const reader = new SseReader();
  try {
    while (true) {
      const { done, value } = await chunks.read();
      if (done) return;
      yield* reader.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

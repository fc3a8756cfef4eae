import type { Hono } from "hono";
import type { Discovery, DiscoveryView } from "../../src/cluster/discovery_view.ts";
import { CLUSTER_EVENT, type ClusterEvent } from "../../src/cluster/event_log.ts";
import { eventsRoute } from "../../src/http/events_route.ts";
import { exchangeRoute } from "../../src/http/exchange_route.ts";
import type { OpsEnv } from "../../src/http/ops_env.ts";
import { silentLog } from "../../src/io/log.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { SimulatedCluster } from "../cluster/simulated_cluster.ts";
import type { SimulatedNode } from "../cluster/simulated_node.ts";

/** The longest body that the exchange of {@linkcode opsSetup} takes. */
export const BODY_BYTES_MAX = 65_536;

/** Two nodes of a simulated cluster, and routes of the first. */
export interface OpsSetup {
  readonly cluster: SimulatedCluster;
  readonly a: SimulatedNode;
  readonly b: SimulatedNode;
  readonly exchange: Hono<OpsEnv>;
  readonly events: Hono<OpsEnv>;
  /** Makes DNS silent: polls that begin from here on end only with the test. */
  readonly silenceDns: () => void;
  /** Ends all streams of events. */
  readonly ending: AbortController;
  /** How often discovery was asked afresh. */
  readonly polls: () => number;
  /** Records an event, as the cluster does. */
  readonly tell: (cause: string) => void;
}

export async function opsSetup(secrets: readonly string[] = []): Promise<OpsSetup> {
  const { cluster, nodes: [a, b] } = await SimulatedCluster.of(["a", "b"]);
  let polls = 0;
  let isDnsSilent = false;
  const discovery: Discovery = {
    get view(): DiscoveryView {
      return cluster.view();
    },
    start() {},
    refresh: () => {
      polls++;
      return isDnsSilent ? new Promise(() => {}) : Promise.resolve(cluster.view());
    },
    onView: () => () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const bus = createBus(silentLog);
  const ending = new AbortController();
  const { node, metrics } = a!;
  return {
    cluster,
    a: a!,
    b: b!,
    ending,
    silenceDns: () => isDnsSilent = true,
    exchange: exchangeRoute({
      node,
      discovery,
      metrics,
      clock: cluster.clock,
      secrets,
      bodyBytesMax: BODY_BYTES_MAX,
      bodyTimeoutMs: 1_000,
    }),
    events: eventsRoute({ node, bus, signal: ending.signal }),
    polls: () => polls,
    tell(cause) {
      node.events.add({ kind: "exchange_rejected", node: "x", incarnation: "", at: 0, cause });
      const event = node.events.after(0).at(-1) as ClusterEvent;
      bus.emit(CLUSTER_EVENT, { count: 1 }, { ...event });
    },
  };
}

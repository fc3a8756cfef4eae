import { ClusterNode } from "../../src/cluster/cluster_node.ts";
import { newIncarnationId } from "../../src/cluster/identity.ts";
import { EXCHANGE_PATH, type PeerLink } from "../../src/cluster/peer_link.ts";
import type { Message } from "../../src/cluster/wire/message.ts";
import { encodeMessage } from "../../src/cluster/wire/message_codec.ts";
import { systemClock } from "../../src/io/clock.ts";
import { silentLog } from "../../src/io/log.ts";
import { systemRandom } from "../../src/io/random.ts";
import { Registry } from "../../src/metrics/registry.ts";
import type { Runtime } from "../../src/runtime.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import type { OpsAnswer } from "./running_node.ts";

const UNREACHABLE: PeerLink = { send: () => Promise.resolve({ kind: "refused" }) };

/** A node that has counted a million requests and sends nothing by itself. */
export function createNode(cluster: string, name: string, address = ""): ClusterNode {
  const registry = new Registry();
  registry.counter({ name: "it_requests_total", help: "Whole numbers." }).inc(1_000_000);
  const node = new ClusterNode({
    self: {
      node: name,
      incarnation: newIncarnationId(systemRandom),
      startedAtMs: Math.round(systemClock.wallMs()),
      version: "0.0.0",
      address,
    },
    own: registry.shard,
    cluster,
    times: { heartbeatMs: 1_000, suspectAfterMs: 5_000, downAfterMs: 10_000 },
    bodyBytesMax: 65_536,
    cellsMax: 1_000,
    clock: systemClock,
    link: UNREACHABLE,
    newLife: () => ({ incarnation: newIncarnationId(systemRandom), startedAtMs: 0 }),
    bus: createBus(silentLog),
    log: silentLog,
  });
  node.publish();
  return node;
}

/** A request that a node called `caller` would send: everything it knows and has counted. */
export function exchangeRequest(cluster: string): Message {
  return createNode(cluster, "caller").request({ kind: "newer" }, { to: null });
}

/** A node to which `count` others have spoken, called `pod-1` and so on. */
export function createNodeThatKnows(count: number): ClusterNode {
  const node = createNode("ours", "self");
  for (let i = 1; i <= count; i++) {
    const caller = createNode("ours", `pod-${i}`, `10.0.${i >> 8}.${i & 255}:4021`);
    node.answer(caller.request({ kind: "newer" }, { to: null }));
  }
  return node;
}

/** The bytes of {@linkcode exchangeRequest}. */
export function exchangeBytes(cluster: string): Uint8Array<ArrayBuffer> {
  return encodeMessage(exchangeRequest(cluster));
}

/** Sends bytes to where a node takes exchanges, from `fromIp`. */
export async function sendExchange(
  runtime: Runtime,
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  headers: Readonly<Record<string, string>> = {},
  fromIp = "127.0.0.1",
): Promise<OpsAnswer> {
  using client = Deno.createHttpClient({ localAddress: fromIp });
  const { host, port } = runtime.opsAddress;
  const response = await fetch(`http://${host}:${port}${EXCHANGE_PATH}`, {
    method: "POST",
    body,
    headers: { ...headers },
    client,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

import { ClusterNode } from "../../src/cluster/cluster_node.ts";
import { newIncarnationId } from "../../src/cluster/identity.ts";
import { EXCHANGE_PATH } from "../../src/cluster/peer_link.ts";
import type { Message } from "../../src/cluster/wire/message.ts";
import { encodeMessage } from "../../src/cluster/wire/message_codec.ts";
import { systemClock } from "../../src/io/clock.ts";
import { silentLog } from "../../src/io/log.ts";
import { systemRandom } from "../../src/io/random.ts";
import { Registry } from "../../src/metrics/registry.ts";
import type { Runtime } from "../../src/runtime.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import type { OpsAnswer } from "./running_node.ts";

/** A request that a node called `caller` would send: everything it knows and has counted. */
export function exchangeRequest(cluster: string): Message {
  const registry = new Registry();
  registry.counter({ name: "it_requests_total", help: "Whole numbers." }).inc(1_000_000);
  const node = new ClusterNode({
    self: {
      node: "caller",
      incarnation: newIncarnationId(systemRandom),
      startedAtMs: Math.round(systemClock.wallMs()),
      version: "0.0.0",
      address: "",
    },
    own: registry.shard,
    cluster,
    times: { heartbeatMs: 1_000, suspectAfterMs: 5_000, downAfterMs: 10_000 },
    bodyBytesMax: 65_536,
    cellsMax: 1_000,
    clock: systemClock,
    link: { send: () => Promise.resolve({ kind: "refused" }) },
    bus: createBus(silentLog),
    log: silentLog,
  });
  node.publish();
  return node.request({ kind: "newer" }, { to: null });
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

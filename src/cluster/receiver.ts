import type { ClusterNode } from "./cluster_node.ts";
import type { RefusalCode } from "./peer_link.ts";
import { WIRE_VERSION } from "./wire/message.ts";
import { decodeMessage, encodeMessage } from "./wire/message_codec.ts";

/** What a node answers to the body of an exchange. */
export type Reception =
  | { readonly kind: "answer"; readonly body: Uint8Array<ArrayBuffer> }
  | {
    readonly kind: "refusal";
    readonly status: 400 | 409;
    readonly code: RefusalCode;
    readonly reason: string;
  };

/**
 * Reads a request, checks it whole, and only then applies and answers it. `from` is the caller's
 * address, for the event that another cluster's node called.
 */
export function receive(node: ClusterNode, body: Uint8Array, from: string): Reception {
  const decoded = decodeMessage(body);
  if (decoded.kind === "malformed") {
    return refusal(400, "malformed", `Cannot read the exchange: ${decoded.reason}.`);
  }
  if (decoded.kind === "version") {
    const reason = `Cannot read the exchange: it has wire version ${decoded.received}, and this ` +
      `node speaks version ${WIRE_VERSION}.`;
    return refusal(409, "wire_version", reason);
  }
  const { message } = decoded;
  if (node.exchange.isForeign(message)) {
    node.noteForeign(from, message.hello);
    const reason = `Cannot exchange with "${message.hello.node}": this node is of cluster ` +
      `"${node.cluster}", and the caller of "${message.hello.cluster}". Give both the same ` +
      `CLUSTER_NAME if they belong together.`;
    return refusal(409, "foreign_cluster", reason);
  }
  const problem = node.exchange.absorber.problemOf(message, node.awakeMs());
  if (problem !== null) {
    return refusal(400, "invalid_shard", `Cannot take the exchange: ${problem}.`);
  }
  return { kind: "answer", body: encodeMessage(node.answer(message)) };
}

function refusal(status: 400 | 409, code: RefusalCode, reason: string): Reception {
  return { kind: "refusal", status, code, reason };
}

import { Buffer } from "node:buffer";
import { createConnection } from "node:net";
import { type DnsAsk, type DnsExchange, exchange } from "./dns_exchange.ts";
import { encodeQuestion, readReply } from "./dns_message.ts";

const LENGTH_BYTES = 2;

/**
 * Asks over a TCP connection of its own (RFC 7766): every message is preceded by its length in two
 * bytes. `truncated` here means that the answer does not fit DNS at all.
 */
export function askOverTcp(ask: DnsAsk): Promise<DnsExchange> {
  return exchange(ask, (finish) => {
    const socket = createConnection({ host: ask.server.address, port: ask.server.port });
    const chunks: Uint8Array[] = [];
    let received = 0;
    let needed = LENGTH_BYTES;
    socket.on("connect", () => {
      const message = encodeQuestion(ask.question);
      const length = Uint8Array.of(message.length >> 8, message.length & 0xff);
      // In one write: some servers drop a query whose length arrives alone (RFC 7766, section 8).
      socket.write(Buffer.concat([length, message]));
    });
    socket.on("data", (chunk: Uint8Array) => {
      chunks.push(chunk);
      received += chunk.length;
      if (received < needed) return;
      const bytes = Buffer.concat(chunks);
      needed = LENGTH_BYTES + bytes.readUInt16BE(0);
      if (needed - LENGTH_BYTES > ask.tcpBytesMax) return finish({ kind: "too_large" });
      if (received >= needed) finish(readMessage(bytes.subarray(LENGTH_BYTES, needed), ask));
    });
    socket.on("error", (error: Error) => finish({ kind: "network", message: error.message }));
    socket.on("end", () => finish({ kind: "network", message: "the connection was closed early" }));
    return {
      close(closed) {
        if (socket.closed) return closed();
        socket.once("close", closed);
        socket.destroy();
      },
    };
  });
}

function readMessage(message: Uint8Array, ask: DnsAsk): DnsExchange {
  const reading = readReply(message, ask.question, ask.recordsMax);
  if (reading.kind !== "mismatch") return reading;
  ask.onIgnored();
  return { kind: "malformed", message: "the reply over TCP belongs to another question" };
}

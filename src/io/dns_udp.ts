import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { type DnsAsk, type DnsExchange, exchange } from "./dns_exchange.ts";
import { encodeQuestion, readReply } from "./dns_message.ts";

/**
 * Datagrams from the server's own address that are no reply before the exchange moves to TCP: as many
 * do not happen by accident, and a forger gets only so many guesses at the id.
 */
export const MISMATCHES_MAX = 64;

/**
 * Asks over UDP, from a fresh port. Only a reply from the server's address and port, with the id and
 * the question, counts; everything else is reported to `onIgnored` and waited past. `truncated` asks
 * for TCP. A closed port shows as a timeout.
 */
export function askOverUdp(ask: DnsAsk): Promise<DnsExchange> {
  return exchange(ask, (finish) => {
    const { server } = ask;
    const expected = comparableIp(server.address);
    const socket = createSocket(isIPv6(server.address) ? "udp6" : "udp4");
    let mismatches = 0;
    socket.on("message", (bytes: Uint8Array, from: { address: string; port: number }) => {
      if (from.port !== server.port || comparableIp(from.address) !== expected) {
        return ask.onIgnored();
      }
      const reading = readReply(bytes, ask.question, ask.recordsMax);
      if (reading.kind !== "mismatch") return finish(reading);
      ask.onIgnored();
      if (++mismatches >= MISMATCHES_MAX) finish({ kind: "truncated" });
    });
    socket.on("error", (error: Error) => finish({ kind: "network", message: error.message }));
    try {
      socket.send(encodeQuestion(ask.question), server.port, server.address, (error) => {
        if (error) finish({ kind: "network", message: error.message });
      });
    } catch (error) {
      finish({ kind: "network", message: (error as Error).message });
    }
    return {
      close(closed) {
        try {
          socket.close(closed);
        } catch {
          closed(); // It failed so early that there is nothing to close.
        }
      },
    };
  });
}

/** One spelling for each address, without the zone, which the two sides may write differently. */
function comparableIp(address: string): string {
  const bare = address.split("%", 1)[0]!;
  return isIPv6(bare) ? new URL(`http://[${bare}]`).hostname : bare;
}

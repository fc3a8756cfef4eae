import { isIPv6 } from "node:net";
import type { Clock } from "./clock.ts";
import type { DnsQuestion, DnsReading } from "./dns_message.ts";
import type { DnsServer } from "./resolv_conf.ts";

/** One question to one server. */
export interface DnsAsk {
  readonly question: DnsQuestion;
  readonly server: DnsServer;
  readonly clock: Clock;
  /** From the first byte out to the last byte in. */
  readonly timeoutMs: number;
  /** Answers, and as many additionals, that are taken from one reply. */
  readonly recordsMax: number;
  /** A longer reply over TCP ends the exchange with `too_large`. */
  readonly tcpBytesMax: number;
  /** Ends the exchange early, with `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each datagram or message that does not belong to the question. */
  readonly onIgnored: () => void;
}

/** What one server did with one question. */
export type DnsExchange =
  | Exclude<DnsReading, { readonly kind: "mismatch" }>
  | { readonly kind: "timeout" | "too_large" | "aborted" }
  | { readonly kind: "network"; readonly message: string };

/** `server` as `ip:port` or `[v6]:port`. */
export function formatServer(server: DnsServer): string {
  return isIPv6(server.address)
    ? `[${server.address}]:${server.port}`
    : `${server.address}:${server.port}`;
}

/**
 * The frame of an exchange: `open` starts it and returns how to close its socket; the first call of
 * `finish` counts. Time out and abort finish it too. Resolves when the socket is closed, so nothing
 * outlives the exchange. Never rejects.
 */
export function exchange(
  ask: DnsAsk,
  open: (finish: (result: DnsExchange) => void) => { close(closed: () => void): void },
): Promise<DnsExchange> {
  const { promise, resolve } = Promise.withResolvers<DnsExchange>();
  if (ask.signal?.aborted) return Promise.resolve({ kind: "aborted" });
  let done = false;
  const finish = (result: DnsExchange) => {
    if (done) return;
    done = true;
    cancelTimer();
    ask.signal?.removeEventListener("abort", onAbort);
    // Not before `open` has returned: a socket may fail synchronously.
    queueMicrotask(() => socket.close(() => resolve(result)));
  };
  const onAbort = () => finish({ kind: "aborted" });
  const cancelTimer = ask.clock.after(ask.timeoutMs, () => finish({ kind: "timeout" }));
  ask.signal?.addEventListener("abort", onAbort);
  let socket = { close: (closed: () => void): void => closed() };
  try {
    socket = open(finish);
  } catch (error) {
    finish({ kind: "network", message: (error as Error).message });
  }
  return promise;
}

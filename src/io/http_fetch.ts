import type { Clock } from "./clock.ts";
import { createConnections } from "./fetch_connections.ts";
import type { HttpClient, HttpOutcome, HttpRequest } from "./http_client.ts";

/** What a fetch client is made of. */
export interface FetchClientOptions {
  readonly clock: Clock;
  /**
   * The address that connections to hosts of the same IP family start from. Needed only where one
   * machine plays many nodes, as loopback would give all of them the same address.
   */
  readonly localAddress?: string;
}

/**
 * An {@link HttpClient} on `fetch`. Plain HTTP never goes through a proxy, whatever `HTTP_PROXY` says: a
 * proxy's answer says nothing about a peer, and a proxy that is down would look like dead peers.
 * Redirects are not followed: a status of 3xx is a response like any other.
 */
export function createFetchClient({ clock, localAddress }: FetchClientOptions): HttpClient {
  const connections = createConnections(localAddress);
  return {
    request: (request) => send(clock, connections.to, request),
    close: () => connections.close(),
  };
}

async function send(
  clock: Clock,
  clientOf: (url: URL) => Deno.HttpClient,
  request: HttpRequest,
): Promise<HttpOutcome> {
  if (request.signal?.aborted) return { kind: "failed", reason: "aborted by the caller" };
  const controller = new AbortController();
  let end: "timeout" | "aborted" | undefined;
  const stop = (cause: "timeout" | "aborted") => {
    end ??= cause;
    controller.abort();
  };
  const onAbort = () => stop("aborted");
  const cancelTimer = clock.after(request.timeoutMs, () => stop("timeout"));
  request.signal?.addEventListener("abort", onAbort);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      redirect: "manual",
      signal: controller.signal,
      client: clientOf(new URL(request.url)),
      ...(request.headers === undefined ? {} : { headers: request.headers }),
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const body = await readBody(response, request.bodyBytesMax);
    if (body === undefined) return { kind: "too_large" };
    return { kind: "response", status: response.status, headers: response.headers, body };
  } catch (error) {
    if (end === "timeout") return { kind: "timeout" };
    if (end === "aborted") return { kind: "failed", reason: "aborted by the caller" };
    return failure(error);
  } finally {
    cancelTimer();
    request.signal?.removeEventListener("abort", onAbort);
  }
}

/** The body, or undefined as soon as it is longer than `bytesMax` (after decompression). */
async function readBody(
  response: Response,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (response.body === null) return new Uint8Array();
  // HTTP holds a body to the length that was announced, unless it is compressed; read in one piece, it
  // costs half of what a stream does, and a scrape reads one from every peer.
  const announced = response.headers.get("content-length");
  if (announced !== null && Number(announced) <= bytesMax && !isCompressed(response)) {
    return await response.bytes();
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > bytesMax) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

function isCompressed({ headers }: Response): boolean {
  return headers.has("content-encoding");
}

/** Deno gives the reason of a failed connection as text only, in the cause. */
function failure(error: unknown): HttpOutcome {
  if (!(error instanceof Error)) return { kind: "failed", reason: String(error) };
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  const reason = `${error.message}${cause}`;
  if (/\btcp connect error: Connection refused\b/i.test(reason)) return { kind: "refused" };
  return { kind: "failed", reason };
}

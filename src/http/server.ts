/** Answers a request; `remoteIp` is the address at the other end. */
export type Handler = (request: Request, remoteIp: string) => Response | Promise<Response>;

/** A server that listens. */
export interface RunningServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

const STOPPING = { status: 503, headers: { connection: "close", "retry-after": "1" } };

/** Where to listen, and what to do. */
export interface ServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly handler: Handler;
  /** Time for answers under way when it is disposed of; whatever takes longer is left. Default: 5,000. */
  readonly drainMs?: number;
  /** Told of what a handler threw; the caller gets a 500 without details. */
  readonly onError: (error: unknown) => void;
}

/**
 * Listens, and answers until it is disposed of, which takes no further request and waits for the
 * answers under way, but not for one that never ends. `Deno.HttpServer.shutdown` alone would break
 * requests of which a part is still on its way, so it is called only when none is left.
 *
 * @throws {Error} if the address can't be bound; the message names it.
 */
export function serve(options: ServerOptions): RunningServer {
  const { host, port, drainMs = 5_000, handler, onError } = options;
  const underWay = new Set<Promise<unknown>>();
  let ended: Promise<void> | null = null;
  const answer: Handler = async (request, remoteIp) => {
    if (ended !== null) return new Response("Stopping.\n", STOPPING);
    const answered = Promise.resolve(handler(request, remoteIp));
    const settled: Promise<unknown> = answered.catch(() => {}).then(() => underWay.delete(settled));
    underWay.add(settled);
    const response = await answered;
    return request.method === "HEAD" ? withoutLength(response) : response;
  };
  const server = listen(host, port, () =>
    Deno.serve({
      hostname: host,
      port,
      onListen: () => {},
      onError: (error) => {
        onError(error);
        return new Response("An error happened; the log says which.\n", { status: 500 });
      },
    }, (request, { remoteAddr }) => {
      return answer(request, remoteAddr.transport === "tcp" ? remoteAddr.hostname : "");
    }));
  const end = async () => {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, drainMs);
    await Promise.race([Promise.all(underWay), late]);
    await Promise.race([server.shutdown(), late]);
    clearTimeout(timer);
  };
  return {
    host: server.addr.hostname,
    port: server.addr.port,
    [Symbol.asyncDispose]: () => ended ??= end(),
  };
}

/** Statuses with which no body may be made. */
const BODILESS: readonly number[] = [101, 204, 205, 304];

/**
 * An answer to HEAD. Where it has no body Deno would say that it has 0 bytes, which must be said only
 * where the answer to GET has as many (RFC 9110 §8.6); of a stream, which ends here, it says nothing.
 */
function withoutLength(response: Response): Response {
  if (response.body !== null || BODILESS.includes(response.status)) return response;
  if (response.headers.has("content-length")) return response;
  return new Response(new Blob().stream(), response);
}

function listen<T>(host: string, port: number, begin: () => T): T {
  try {
    return begin();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
    throw new Error(`Cannot listen on ${address}: ${reason}`, { cause: error });
  }
}

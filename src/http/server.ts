/** Answers a request; `remoteIp` is the address at the other end. */
export type Handler = (request: Request, remoteIp: string) => Response | Promise<Response>;

/** A server that listens. */
export interface RunningServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

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
 * answers under way, but not for one that never ends.
 *
 * @throws {Error} if the address can't be bound; the message names it.
 */
export function serve(options: ServerOptions): RunningServer {
  const { host, port, drainMs = 5_000, handler, onError } = options;
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
      return handler(request, remoteAddr.transport === "tcp" ? remoteAddr.hostname : "");
    }));
  let ended: Promise<void> | null = null;
  return {
    host: server.addr.hostname,
    port: server.addr.port,
    [Symbol.asyncDispose]: () => ended ??= within(server.shutdown(), drainMs),
  };
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

async function within(work: Promise<void>, timeoutMs: number): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}

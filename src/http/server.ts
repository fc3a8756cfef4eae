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
  /** Told of what a handler threw; the caller gets a 500 without details. */
  readonly onError: (error: unknown) => void;
}

/**
 * Listens, and answers until it is disposed of, which waits for the answers under way.
 *
 * @throws {Error} if the address can't be bound.
 */
export function serve({ host, port, handler, onError }: ServerOptions): RunningServer {
  const server = Deno.serve({
    hostname: host,
    port,
    onListen: () => {},
    onError: (error) => {
      onError(error);
      return new Response("An error happened; the log says which.\n", { status: 500 });
    },
  }, (request, { remoteAddr }) => {
    return handler(request, remoteAddr.transport === "tcp" ? remoteAddr.hostname : "");
  });
  return {
    host: server.addr.hostname,
    port: server.addr.port,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

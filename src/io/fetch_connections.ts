import { isIP } from "node:net";

/** Hosts that have a connection pool of their own at once, if each needs one. About 100 KB each. */
export const POOLS_MAX = 256;

const POOL_IDLE_MS = 30_000;

const PROXY_VARIABLES = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] as const;

/** The pools of idle connections that `fetch` takes its connections from. */
export interface Connections {
  /** The pool for requests to `url`. */
  readonly to: (url: URL) => Deno.HttpClient;
  /** Closes idle connections; requests under way go on. */
  close(): void;
}

/**
 * Pools whose plain HTTP connections go straight to the host. `Deno.createHttpClient` obeys the proxy
 * variables (with or without `--allow-env`) and has no switch for that, but a client made to send
 * everything to one TCP address goes there directly. So that is what each host gets, unless the
 * environment is known to name no proxy (readable, and unset), when all hosts share one pool.
 * HTTPS has no such way and follows the environment; peers speak plain HTTP.
 */
export function createConnections(localAddress?: string): Connections {
  const pools = new Map<string, Deno.HttpClient>();
  const proxyPossible = !environmentNamesNoProxy();
  const to = (url: URL): Deno.HttpClient => {
    const local = localAddress !== undefined && sameFamily(url, localAddress) ? localAddress : "";
    const straight = proxyPossible && url.protocol === "http:";
    const key = straight ? `${local} ${url.host}` : local;
    let pool = pools.get(key);
    if (pool === undefined) {
      closeOldest(pools, POOLS_MAX - 1);
      pool = createPool(local, straight ? url : undefined);
    }
    // The last in the map is the one used last.
    pools.delete(key);
    pools.set(key, pool);
    return pool;
  };
  return { to, close: () => closeOldest(pools, 0) };
}

function createPool(localAddress: string, straightTo: URL | undefined): Deno.HttpClient {
  return Deno.createHttpClient({
    poolIdleTimeout: POOL_IDLE_MS,
    ...(localAddress === "" ? {} : { localAddress }),
    ...(straightTo === undefined ? {} : {
      proxy: {
        transport: "tcp",
        hostname: straightTo.hostname,
        port: straightTo.port === "" ? 80 : Number(straightTo.port),
      },
    }),
  });
}

/** Closes pools, the one unused for longest first, until at most `keep` are left. */
function closeOldest(pools: Map<string, Deno.HttpClient>, keep: number): void {
  for (const [key, pool] of pools) {
    if (pools.size <= keep) return;
    pools.delete(key);
    pool.close();
  }
}

function environmentNamesNoProxy(): boolean {
  return PROXY_VARIABLES.every((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state === "granted" &&
    !Deno.env.has(variable)
  );
}

/** A connection cannot start from an IPv4 address and end at an IPv6 one. */
function sameFamily(url: URL, localAddress: string): boolean {
  const family = url.hostname.startsWith("[") ? 6 : 4;
  return family === isIP(localAddress);
}

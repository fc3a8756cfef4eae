import type { Endpoint } from "./headless_zone.ts";

const METRICS_PORT = 4021;
/** `node-1` gets 127.0.0.11. */
const FIRST_HOST = 10;
const SHARED_HOST = "127.0.0.1";

/**
 * An address for node `number`: one of its own as a pod has, with the usual port if that is free. Where
 * only 127.0.0.1 can be bound (macOS), the port alone tells nodes apart.
 *
 * @throws {Error} if not even that can be bound.
 */
export function addressOfNode(number: number): Endpoint {
  const ip = `127.0.0.${FIRST_HOST + number}`;
  const endpoint = free(ip, METRICS_PORT) ?? free(ip, 0) ?? free(SHARED_HOST, 0);
  if (endpoint !== null) return endpoint;
  throw new Error(`Cannot start node-${number}: no port of ${ip} or ${SHARED_HOST} can be bound.`);
}

function free(ip: string, port: number): Endpoint | null {
  try {
    const listener = Deno.listen({ hostname: ip, port });
    const { addr } = listener;
    listener.close();
    return { ip, port: addr.port };
  } catch {
    return null;
  }
}

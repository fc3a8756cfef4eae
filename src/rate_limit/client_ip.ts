import { received } from "../metrics/received.ts";
import { holds, ipGroups, type IpNetwork, ipNetwork, ipv4Of, isMapped } from "./ip_network.ts";

/** Whose word about a client's address is taken. */
export interface ClientIpOptions {
  /** Addresses and networks of one's own proxies, such as `10.0.0.0/8`. Default: none. */
  readonly trustedProxies?: readonly string[];
}

/** The key of a client whose address is not known. */
const UNKNOWN = "unknown";

/**
 * Makes a function that gives the key of a client from the address at the other end of the connection and
 * the value of `X-Forwarded-For`: an IPv4 address, or the /64 of an IPv6 address, which is what one client
 * commonly has. The header counts only where a trusted proxy sent it, and of it the rightmost address that
 * is no trusted proxy: everything to the left is in the client's hands.
 *
 * @throws {TypeError} if the proxies are no list of addresses and networks; the message names all that are
 * neither.
 *
 * @example
 * ```ts
 * import { clientIp } from "@muster/muster";
 * import { assertEquals } from "@std/assert";
 *
 * const keyOf = clientIp({ trustedProxies: ["10.0.0.0/8"] });
 * assertEquals(keyOf("203.0.113.9", "1.2.3.4"), "203.0.113.9");
 * assertEquals(keyOf("10.0.0.7", "1.2.3.4, 198.51.100.7, 10.0.0.8"), "198.51.100.7");
 * assertEquals(keyOf("2001:db8:1:2:3::4", undefined), "2001:db8:1:2::/64");
 * ```
 */
export function clientIp(
  options: ClientIpOptions = {},
): (remoteIp: string, forwardedFor: string | undefined) => string {
  const trusted = trustedNetworks(options);
  return (remoteIp, forwardedFor) => {
    // The plainest case needs no list of groups.
    if (trusted.length === 0 && ipv4Of(remoteIp) >= 0) return remoteIp;
    const remote = ipGroups(remoteIp);
    if (remote === null) return UNKNOWN;
    return keyOf(clientOf(remote, forwardedFor, trusted));
  };
}

function trustedNetworks(options: ClientIpOptions): readonly IpNetwork[] {
  const problems: string[] = [];
  const fail = (field: string, rule: string, value: unknown) =>
    problems.push(`${field} must be ${rule}: received ${received(value)}`);
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  if (!isObject) fail("options", 'an object, such as { trustedProxies: ["10.0.0.0/8"] }', options);
  const { trustedProxies = [] } = isObject ? options : {};
  const list: readonly unknown[] = Array.isArray(trustedProxies) ? trustedProxies : [];
  if (list !== trustedProxies) {
    fail("trustedProxies", "a list of addresses and networks", trustedProxies);
  }
  const networks = list.map((proxy, i) => {
    const network = typeof proxy === "string" ? ipNetwork(proxy) : null;
    if (network === null) {
      fail(`trustedProxies[${i}]`, "an address or a network, such as 10.0.0.0/8", proxy);
    }
    return network;
  });
  if (problems.length === 0) return networks as IpNetwork[];
  throw new TypeError(`Cannot tell clients by their addresses: ${problems.join("; ")}`);
}

function clientOf(
  remote: readonly number[],
  forwardedFor: string | undefined,
  trusted: readonly IpNetwork[],
): readonly number[] {
  const isTrusted = (groups: readonly number[]) => trusted.some((one) => holds(one, groups));
  let client = remote;
  let end = forwardedFor?.length ?? 0;
  while (end > 0 && isTrusted(client)) {
    const comma = forwardedFor!.lastIndexOf(",", end - 1);
    const element = forwardedFor!.slice(comma + 1, end).trim();
    end = comma;
    // An empty element counts for nothing (RFC 9110 §5.6.1): it names no hop.
    if (element === "") continue;
    const groups = ipGroups(bareAddress(element));
    // What is no address says nothing: the hop that sent it is the last one known.
    if (groups === null) break;
    client = groups;
  }
  return client;
}

/** Some proxies write a port: `1.2.3.4:56`, `[2001:db8::1]:56`. */
function bareAddress(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text);
  if (bracketed !== null) return bracketed[1]!;
  const colon = text.indexOf(":");
  return colon >= 0 && colon === text.lastIndexOf(":") ? text.slice(0, colon) : text;
}

function keyOf(groups: readonly number[]): string {
  if (isMapped(groups)) {
    const [high, low] = groups.slice(6) as [number, number];
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  return `${groups.slice(0, 4).map((group) => group.toString(16)).join(":")}::/64`;
}

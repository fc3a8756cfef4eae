import type { DnsClient } from "../io/dns_client.ts";
import { canonicalName, nameProblem } from "../io/dns_record.ts";
import { canonicalAddress } from "./address.ts";
import type { PeerHost } from "./discovery_glue.ts";
import { lookupHosts } from "./discovery_hosts.ts";
import type { LookupResult } from "./discovery_result.ts";

/** A configured list of peers, sorted out. */
export interface PeerList {
  /** Canonical `ip:port`. */
  readonly addresses: readonly string[];
  /** Names to look up. */
  readonly hosts: readonly PeerHost[];
}

/**
 * Reads `ip:port`, `[ipv6]:port` and `name:port` items.
 *
 * @throws {RangeError} If an item is none of these.
 */
export function parsePeers(peers: readonly string[]): PeerList {
  const addresses: string[] = [];
  const hosts: PeerHost[] = [];
  for (const peer of peers) {
    const address = canonicalAddress(peer);
    const host = address === null ? parseHost(peer) : null;
    if (address !== null) addresses.push(address);
    else if (host !== null) hosts.push(host);
    else {
      throw new RangeError(
        "Cannot create discovery: each peer must be ip:port, [ipv6]:port or name:port: " +
          `received ${JSON.stringify(peer)}`,
      );
    }
  }
  return { addresses, hosts };
}

/** Null for what looks like an IP address, so that a typing error in one is not asked as a name. */
function parseHost(text: string): PeerHost | null {
  const match = /^([^:[\]]+):([1-9]\d{0,4})$/.exec(text);
  if (match === null) return null;
  const [name, port] = [match[1]!, Number(match[2])];
  if (port > 65_535 || nameProblem(name) !== null || /^[\d.]+$/.test(name)) return null;
  return { name: canonicalName(name), port };
}

/** One poll of the list: its addresses, and those of its names. Never rejects. */
export async function lookupList(
  client: DnsClient,
  list: PeerList,
  signal?: AbortSignal,
): Promise<LookupResult> {
  const found = await lookupHosts(client, list.hosts, signal);
  return {
    ...found,
    addresses: [...list.addresses, ...found.addresses],
    source: list.hosts.length > 0 ? "address" : "list",
  };
}

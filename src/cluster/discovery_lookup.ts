import type { DnsClient } from "../io/dns_client.ts";
import { parseAddress } from "./address.ts";
import { joinGlue, type PeerHost } from "./discovery_glue.ts";
import { lookupHosts } from "./discovery_hosts.ts";
import type { LookupResult } from "./discovery_result.ts";

/** The service to look up. */
export interface ServiceNames {
  /** E.g. `_metrics._tcp.muster.default.svc.cluster.local.` */
  readonly srvName: string;
  /** E.g. `muster.default.svc.cluster.local.` */
  readonly service: string;
  /** The port of addresses that no SRV record gives one. */
  readonly defaultPort: number;
}

/** SRV targets without glue that are asked for one by one; with more, the service itself is asked. */
export const TARGET_LOOKUPS_MAX = 64;

/**
 * Looks up a service: SRV with glue, then A and AAAA of targets that came without; if there is no SRV
 * answer, A and AAAA of the service with the default port. `previous` are the addresses known before:
 * if the SRV question fails, a known IP keeps its port. Never rejects.
 */
export async function lookupService(
  client: DnsClient,
  names: ServiceNames,
  previous: readonly string[],
  signal?: AbortSignal,
): Promise<LookupResult> {
  const srv = await client.query(names.srvName, "SRV", signal);
  if (srv.kind === "answer") {
    const joined = joinGlue(srv);
    const { unglued } = joined;
    if (unglued.length > TARGET_LOOKUPS_MAX) {
      const message =
        `Cannot use SRV ${names.srvName}: ${unglued.length} targets came without an ` +
        `address, at most ${TARGET_LOOKUPS_MAX} are asked for one by one.`;
      return await lookupByAddress(client, names, previous, [message], signal);
    }
    if (joined.addresses.length + unglued.length > 0) {
      const rest = await lookupHosts(client, unglued, signal);
      const addresses = [...joined.addresses, ...rest.addresses];
      const ttlMs = Math.min(joined.ttlSeconds * 1000, rest.ttlMs ?? Infinity);
      const recordsCut = srv.recordsCut + rest.recordsCut;
      return { ...rest, addresses, ttlMs, recordsCut, source: "srv" };
    }
  }
  if (srv.kind !== "failed") return await lookupHosts(client, [serviceHost(names)], signal);
  return await lookupByAddress(client, names, previous, [srv.message], signal);
}

function serviceHost(names: ServiceNames): PeerHost {
  return { name: names.service, port: names.defaultPort };
}

/** A and AAAA in place of an SRV answer that should have been there, with the ports that it gave. */
async function lookupByAddress(
  client: DnsClient,
  names: ServiceNames,
  previous: readonly string[],
  messages: readonly string[],
  signal?: AbortSignal,
): Promise<LookupResult> {
  const result = await lookupHosts(client, [serviceHost(names)], signal);
  const addresses = withKnownPorts(result.addresses, previous);
  return { ...result, addresses, messages: [...messages, ...result.messages] };
}

/** Each address as `previous` has it, with all of its ports, if that lists the IP at all. */
function withKnownPorts(found: readonly string[], previous: readonly string[]): string[] {
  const known = Map.groupBy(previous, (address) => parseAddress(address)?.ip);
  return found.flatMap((address) => known.get(parseAddress(address)?.ip) ?? [address]);
}

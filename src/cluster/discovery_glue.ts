import type { DnsAnswer } from "../io/dns_outcome.ts";
import { formatAddress } from "./address.ts";
import { canonicalIp } from "./ip_address.ts";

/** A host to ask the addresses of, and the port that belongs to them. */
export interface PeerHost {
  /** Lower case, with the final dot. */
  readonly name: string;
  readonly port: number;
}

/** An SRV answer joined with the addresses that came along. */
export interface GlueJoin {
  /** Canonical `ip:port`. */
  readonly addresses: readonly string[];
  /** Targets without any address in the answer, each once. */
  readonly unglued: readonly PeerHost[];
  /** The smallest TTL of the SRV records and the glue that was used. */
  readonly ttlSeconds: number;
}

/**
 * Joins the targets of an SRV answer to the additional records by name: their orders are unrelated.
 * The labels of a target are never read as an address. Target `.` and port 0 are no offer (RFC 2782).
 */
export function joinGlue(answer: DnsAnswer): GlueJoin {
  const glue = Map.groupBy(answer.additionals, (record) => record.name);
  const addresses = new Set<string>();
  const unglued = new Map<string, PeerHost>();
  let ttlSeconds = answer.ttlSeconds;
  for (const record of answer.records) {
    if (record.type !== "SRV" || record.target === "." || record.port === 0) continue;
    const found = glue.get(record.target);
    if (found === undefined) {
      unglued.set(`${record.port} ${record.target}`, { name: record.target, port: record.port });
    }
    for (const { address, ttlSeconds: glueTtl } of found ?? []) {
      const text = peerAddress(address, record.port);
      if (text !== null) addresses.add(text);
      ttlSeconds = Math.min(ttlSeconds, glueTtl);
    }
  }
  return { addresses: [...addresses], unglued: [...unglued.values()], ttlSeconds };
}

/** The canonical address, or null for one nobody can be reached at: unspecified, or not an IP. */
export function peerAddress(ip: string, port: number): string | null {
  const canonical = canonicalIp(ip);
  if (canonical === undefined || canonical === "0.0.0.0" || canonical === "::") return null;
  return formatAddress({ ip: canonical, port });
}

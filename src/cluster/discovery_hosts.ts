import type { DnsClient } from "../io/dns_client.ts";
import type { DnsNegative, DnsOutcome } from "../io/dns_outcome.ts";
import { peerAddress, type PeerHost } from "./discovery_glue.ts";
import type { LookupResult } from "./discovery_result.ts";

/** Hosts that are asked for at the same time. */
const PARALLEL_MAX = 8;

/** Asks A and AAAA of each host, and joins what comes of it. Never rejects. */
export async function lookupHosts(
  client: DnsClient,
  hosts: readonly PeerHost[],
  signal?: AbortSignal,
): Promise<LookupResult> {
  const results: LookupResult[] = [];
  const waiting = hosts.values();
  const worker = async () => {
    for (const host of waiting) {
      const [v4, v6] = await Promise.all([
        client.query(host.name, "A", signal),
        client.query(host.name, "AAAA", signal),
      ]);
      results.push(hostResult(v4, v6, host.port));
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL_MAX, hosts.length) }, worker));
  return results.reduce(joinResults, nothingFound);
}

/** The result of asking nothing. */
export const nothingFound: LookupResult = {
  addresses: [],
  ttlMs: null,
  negative: null,
  failedV4: false,
  failedV6: false,
  messages: [],
  source: "address",
  recordsCut: 0,
};

/** What the answers for both families of one host say. Pure. */
export function hostResult(v4: DnsOutcome, v6: DnsOutcome, port: number): LookupResult {
  const both = [v4, v6];
  const answers = both.filter((outcome) => outcome.kind === "answer");
  const negatives = both.filter((outcome): outcome is DnsNegative =>
    outcome.kind === "nxdomain" || outcome.kind === "nodata"
  );
  const ttls = answers.length > 0
    ? answers.map((answer) => answer.ttlSeconds)
    : negatives.map((negative) => negative.negativeTtlSeconds);
  // NXDOMAIN speaks for every type of the name (RFC 8020), so the failure of the other one is moot.
  const absent = negatives.some((negative) => negative.kind === "nxdomain");
  return {
    addresses: answers.flatMap((answer) =>
      answer.records.flatMap((record) =>
        record.type === "SRV" ? [] : peerAddress(record.address, port) ?? []
      )
    ),
    ttlMs: ttls.length === 0 ? null : Math.min(...ttls) * 1000,
    negative: absent ? "nxdomain" : negatives.length > 0 ? "nodata" : null,
    failedV4: v4.kind === "failed" && !absent,
    failedV6: v6.kind === "failed" && !absent,
    messages: both.flatMap((outcome) => outcome.kind === "failed" ? [outcome.message] : []),
    source: "address",
    recordsCut: answers.reduce((sum, answer) => sum + answer.recordsCut, 0),
  };
}

function joinResults(a: LookupResult, b: LookupResult): LookupResult {
  return {
    addresses: [...a.addresses, ...b.addresses],
    ttlMs: joinTtls(a, b),
    negative: a.negative === "nodata" || b.negative === "nodata"
      ? "nodata"
      : a.negative ?? b.negative,
    failedV4: a.failedV4 || b.failedV4,
    failedV6: a.failedV6 || b.failedV6,
    messages: [...a.messages, ...b.messages],
    source: a.source,
    recordsCut: a.recordsCut + b.recordsCut,
  };
}

/** The smaller one; an empty result's only where both are empty. */
function joinTtls(a: LookupResult, b: LookupResult): number | null {
  const [hasA, hasB] = [a.addresses.length > 0, b.addresses.length > 0];
  if (hasA !== hasB) return hasA ? a.ttlMs : b.ttlMs;
  if (a.ttlMs === null || b.ttlMs === null) return a.ttlMs ?? b.ttlMs;
  return Math.min(a.ttlMs, b.ttlMs);
}

import type { DnsReply } from "./dns_message.ts";
import type { DnsFailureReason, DnsOutcome } from "./dns_outcome.ts";
import { canonicalName, type DnsQueryType, type DnsRecord } from "./dns_record.ts";

/** Aliases that are followed inside of one answer. */
export const ALIASES_MAX = 8;

/** The negative TTL where the server sends no SOA, as dnsmasq: CoreDNS's default. */
export const NEGATIVE_TTL_SECONDS = 5;

const FAILURES: Readonly<Record<string, DnsFailureReason>> = {
  SERVFAIL: "servfail",
  REFUSED: "refused",
};

/** Judges a whole reply of `server` to the question for `type` of `name`. Pure, never throws. */
export function judgeReply(
  reply: DnsReply,
  name: string,
  type: DnsQueryType,
  server: string,
): DnsOutcome {
  const failed = (reason: DnsFailureReason, what: string): DnsOutcome => ({
    kind: "failed",
    reason,
    message: `Cannot look up ${type} ${name}: ${server} ${what}.`,
    server,
  });
  const negativeTtlSeconds = reply.soaTtlSeconds ?? NEGATIVE_TTL_SECONDS;
  if (reply.rcode === "NXDOMAIN") return { kind: "nxdomain", negativeTtlSeconds, server };
  if (reply.rcode !== "NOERROR") {
    return failed(FAILURES[reply.rcode] ?? "rcode", `answered ${reply.rcode}`);
  }
  if (reply.answers.length === 0 && reply.referral) {
    return failed("referral", "referred to other name servers instead of answering");
  }
  const chain = followAliases(reply, canonicalName(name));
  if (chain === null) {
    return failed("cname_loop", `sent a loop of aliases, or more than ${ALIASES_MAX} of them`);
  }
  const records = reply.answers.filter((record): record is DnsRecord =>
    record.type === type && record.name === chain.name
  );
  if (records.length === 0) return { kind: "nodata", negativeTtlSeconds, server };
  const { additionals, recordsCut } = reply;
  const ttlSeconds = records.reduce((ttl, r) => Math.min(ttl, r.ttlSeconds), chain.ttlSeconds);
  return { kind: "answer", records, additionals, ttlSeconds, recordsCut, server };
}

/** Where the aliases of `name` lead to and their smallest TTL; null for a loop or too many. */
function followAliases(
  reply: DnsReply,
  name: string,
): { readonly name: string; readonly ttlSeconds: number } | null {
  const aliases = new Map(
    reply.answers.flatMap((record) => record.type === "CNAME" ? [[record.name, record]] : []),
  );
  let end = name;
  let ttlSeconds = Infinity;
  for (let hops = 0; hops <= ALIASES_MAX; hops++) {
    const alias = aliases.get(end);
    if (alias === undefined) return { name: end, ttlSeconds };
    end = alias.target;
    ttlSeconds = Math.min(ttlSeconds, alias.ttlSeconds);
  }
  return null;
}

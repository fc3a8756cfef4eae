/** The record types that Muster asks for. */
export type DnsQueryType = "A" | "AAAA" | "SRV";

/** An address record (RFC 1035, RFC 3596). */
export interface DnsAddressRecord {
  readonly type: "A" | "AAAA";
  /** Owner: lower case, with the final dot. */
  readonly name: string;
  readonly ttlSeconds: number;
  /** An IP literal as the decoder writes it; a caller that compares must make it canonical. */
  readonly address: string;
}

/** A service record (RFC 2782). */
export interface DnsServiceRecord {
  readonly type: "SRV";
  /** Owner: lower case, with the final dot. */
  readonly name: string;
  readonly ttlSeconds: number;
  readonly port: number;
  /** Lower case, with the final dot; `.` says that the service is not offered. */
  readonly target: string;
}

/** An alias (RFC 1035); only met inside of a message, never in an answer given out. */
export interface DnsAliasRecord {
  readonly type: "CNAME";
  readonly name: string;
  readonly ttlSeconds: number;
  readonly target: string;
}

/** A record of an answer. */
export type DnsRecord = DnsAddressRecord | DnsServiceRecord;

/** `name` as names are compared here: lower case, with the final dot (RFC 4343). */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower : `${lower}.`;
}

/**
 * Why `name` can't be asked, or null if it can: ASCII labels of 1 to 63 bytes, 254 bytes in all with
 * the final dot (RFC 1035, 2.3.4). Underscores are allowed, as SRV names need them.
 */
export function nameProblem(name: string): string | null {
  if (name.length > 254) return "a DNS name must be at most 254 characters long";
  const labels = (name.endsWith(".") ? name.slice(0, -1) : name).split(".");
  return labels.every((label) => /^[A-Za-z0-9_-]{1,63}$/.test(label))
    ? null
    : "a DNS name must consist of labels of 1 to 63 letters, digits, '-' or '_'";
}

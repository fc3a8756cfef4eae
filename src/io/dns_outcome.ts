import type { DnsAddressRecord, DnsRecord } from "./dns_record.ts";

/** Why a question has no answer. None of these says anything about the name. */
export type DnsFailureReason =
  /** The server could not find out; CoreDNS says so until it has synced. */
  | "servfail"
  /** The server does not answer for this name. */
  | "refused"
  /** Another error code, e.g. NOTIMP or FORMERR. */
  | "rcode"
  /** The server named other servers instead of answering. */
  | "referral"
  /** No matching reply in time. */
  | "timeout"
  /** A matching reply that can't be decoded. */
  | "malformed"
  /** The answer is too large for DNS, even over TCP. */
  | "truncated"
  /** A reply over TCP above the configured size. */
  | "too_large"
  /** An alias that leads back to itself, or more than 8 of them. */
  | "cname_loop"
  /** The socket failed, e.g. a refused TCP connection. */
  | "network"
  /** The question itself can't be asked. */
  | "bad_name"
  /** The caller's signal. */
  | "aborted";

/** A question that could not be answered. */
export interface DnsFailure {
  readonly kind: "failed";
  /** Of the last server that did more than stay silent. */
  readonly reason: DnsFailureReason;
  /** A sentence for an operator: what was asked, and what each server did. */
  readonly message: string;
  /** The last server that was asked, `ip:port`; null if none was. */
  readonly server: string | null;
}

/** At least one record of the asked type. */
export interface DnsAnswer {
  readonly kind: "answer";
  /** Of the asked type only, at the end of the chain of aliases. */
  readonly records: readonly DnsRecord[];
  /** The address records beside the answer ("glue"), in no order. */
  readonly additionals: readonly DnsAddressRecord[];
  /** The smallest TTL of the records, their aliases included. */
  readonly ttlSeconds: number;
  /** Records and additionals left out because of the limit. */
  readonly recordsCut: number;
  /** `ip:port` of the server that answered. */
  readonly server: string;
}

/** The name exists, but has no such record (NODATA, RFC 2308), or does not exist at all. */
export interface DnsNegative {
  readonly kind: "nodata" | "nxdomain";
  /** From the SOA, by RFC 2308 section 5; 5 where the server sends none, as dnsmasq. */
  readonly negativeTtlSeconds: number;
  /** `ip:port` of the server that answered. */
  readonly server: string;
}

/** What came of a question. */
export type DnsOutcome = DnsAnswer | DnsNegative | DnsFailure;

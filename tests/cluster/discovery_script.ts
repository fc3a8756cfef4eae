import type { DnsClient } from "../../src/io/dns_client.ts";
import type { DnsAddressRecord, DnsQueryType, DnsRecord } from "../../src/io/dns_record.ts";
import type { DnsAnswer, DnsNegative, DnsOutcome } from "../../src/io/dns_outcome.ts";

/** The server that scripted outcomes name. */
export const SCRIPT_SERVER = "10.96.0.10:53";

/** An answer of `records` with `additionals`; its TTL is the smallest of the records. */
export function answerOf(
  records: readonly DnsRecord[],
  additionals: readonly DnsAddressRecord[] = [],
): DnsAnswer {
  const ttlSeconds = Math.min(...records.map((record) => record.ttlSeconds));
  return { kind: "answer", records, additionals, ttlSeconds, recordsCut: 0, server: SCRIPT_SERVER };
}

export function negativeOf(kind: DnsNegative["kind"], negativeTtlSeconds = 5): DnsNegative {
  return { kind, negativeTtlSeconds, server: SCRIPT_SERVER };
}

export function failureOf(message = "It failed."): DnsOutcome {
  return { kind: "failed", reason: "servfail", message, server: SCRIPT_SERVER };
}

/** An address record; its type follows from the address. */
export function addressRecord(name: string, address: string, ttlSeconds = 5): DnsAddressRecord {
  return { type: address.includes(":") ? "AAAA" : "A", name, ttlSeconds, address };
}

export function srvRecord(target: string, port: number, ttlSeconds = 5): DnsRecord {
  return { type: "SRV", name: "_metrics._tcp.m.", ttlSeconds, port, target };
}

/** A client that answers from a table of `"<type> <name>"`; what is not there is NXDOMAIN. */
export class ScriptedDns implements DnsClient {
  readonly servers: readonly string[] = [SCRIPT_SERVER];
  readonly counts = {
    questions: 0,
    failures: 0,
    timeouts: 0,
    truncations: 0,
    ignoredReplies: 0,
    recordsCut: 0,
  };
  /** `"<type> <name>"` of each question, in order. */
  readonly asked: string[] = [];
  /** The most questions that were open at one time. */
  openMax = 0;
  #open = 0;
  readonly #table: Readonly<Record<string, DnsOutcome>>;

  constructor(table: Readonly<Record<string, DnsOutcome>>) {
    this.#table = table;
  }

  async query(name: string, type: DnsQueryType): Promise<DnsOutcome> {
    this.asked.push(`${type} ${name}`);
    this.openMax = Math.max(this.openMax, ++this.#open);
    await Promise.resolve();
    this.#open--;
    return this.#table[`${type} ${name}`] ?? negativeOf("nxdomain");
  }
}

import { Buffer } from "node:buffer";
import { isIPv4, isIPv6 } from "node:net";
import dnsPacket from "dns-packet";
import {
  canonicalName,
  type DnsAddressRecord,
  type DnsAliasRecord,
  type DnsQueryType,
  type DnsRecord,
} from "./dns_record.ts";

/** The largest UDP reply that is asked for (EDNS0): fits the smallest IPv6 MTU (DNS flag day 2020). */
export const UDP_PAYLOAD_BYTES = 1232;

const HEADER_BYTES = 12;
const FLAG_RESPONSE = 0x8000;
const FLAG_TRUNCATED = 0x0200;
const OPCODE_MASK = 0x7800;

/** One question as it is on the wire. */
export interface DnsQuestion {
  /** 0 to 65535, unpredictable. */
  readonly id: number;
  /** With the final dot. */
  readonly name: string;
  readonly type: DnsQueryType;
}

/** A decoded reply, reduced to what answers are made of. */
export interface DnsReply {
  /** In upper case, e.g. `NOERROR`. */
  readonly rcode: string;
  readonly answers: readonly (DnsRecord | DnsAliasRecord)[];
  readonly additionals: readonly DnsAddressRecord[];
  /** `min(TTL, MINIMUM)` of the SOA in the authority section, or null without one. */
  readonly soaTtlSeconds: number | null;
  /** The authority section names name servers and has no SOA. */
  readonly referral: boolean;
  /** Records beyond the limit. */
  readonly recordsCut: number;
}

/** What the bytes are: not a reply to the question at all, the first part of one, or one. */
export type DnsReading =
  | { readonly kind: "mismatch" }
  | { readonly kind: "truncated" }
  | { readonly kind: "malformed"; readonly message: string }
  | { readonly kind: "reply"; readonly reply: DnsReply };

/** The part of dns-packet's untyped records that is used. */
interface PacketRecord {
  readonly name: string;
  readonly type: string;
  readonly class?: string;
  readonly ttl?: number;
  readonly data?: unknown;
  readonly extendedRcode?: number;
}

/** Encodes `question` with recursion desired and EDNS0 (RFC 6891). */
export function encodeQuestion(question: DnsQuestion): Uint8Array {
  return dnsPacket.encode({
    type: "query",
    id: question.id,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ type: question.type, name: question.name, class: "IN" }],
    additionals: [
      { type: "OPT", name: ".", udpPayloadSize: UDP_PAYLOAD_BYTES, flags: 0, options: [] },
    ],
  });
}

/**
 * Reads `bytes` as the reply to `question`. Id and question are compared before anything else is
 * decoded, and of a truncated reply nothing else is: dnsmasq fills it with a part that looks complete.
 * Never throws. At most `recordsMax` answers and as many additionals are taken.
 */
export function readReply(
  bytes: Uint8Array,
  question: DnsQuestion,
  recordsMax: number,
): DnsReading {
  // A copy would do too, but decode() needs a Buffer in any case.
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!echoes(buffer, question)) return { kind: "mismatch" };
  if ((buffer.readUInt16BE(2) & FLAG_TRUNCATED) !== 0) return { kind: "truncated" };
  try {
    return { kind: "reply", reply: reduce(dnsPacket.decode(buffer), recordsMax) };
  } catch (error) {
    return { kind: "malformed", message: (error as Error).message };
  }
}

function echoes(buffer: Buffer, question: DnsQuestion): boolean {
  if (buffer.length < HEADER_BYTES || buffer.readUInt16BE(0) !== question.id) return false;
  const flags = buffer.readUInt16BE(2);
  if ((flags & FLAG_RESPONSE) === 0 || (flags & OPCODE_MASK) !== 0) return false;
  // A server that did not understand the query may leave the question out with the error.
  if (buffer.readUInt16BE(4) === 0) return (flags & 0xf) !== 0;
  try {
    const echoed = dnsPacket.question.decode(buffer, HEADER_BYTES);
    return buffer.readUInt16BE(4) === 1 && echoed.type === question.type &&
      echoed.class === "IN" && canonicalName(echoed.name) === canonicalName(question.name);
  } catch {
    return false;
  }
}

function reduce(packet: {
  readonly rcode: string;
  readonly answers: readonly PacketRecord[];
  readonly authorities: readonly PacketRecord[];
  readonly additionals: readonly PacketRecord[];
}, recordsMax: number): DnsReply {
  const answers = packet.answers.flatMap(toRecord);
  const glue = packet.additionals.flatMap(toRecord).filter(isAddress);
  const extended = packet.additionals.find((record) => record.type === "OPT")?.extendedRcode ?? 0;
  const soa = packet.authorities.find((record) => record.type === "SOA");
  return {
    rcode: extended === 0 ? packet.rcode : `RCODE_${extended * 16}+`,
    answers: answers.slice(0, recordsMax),
    additionals: glue.slice(0, recordsMax),
    soaTtlSeconds: soa === undefined ? null : soaTtlSeconds(soa),
    referral: soa === undefined && packet.authorities.some((record) => record.type === "NS"),
    recordsCut: Math.max(0, answers.length - recordsMax) + Math.max(0, glue.length - recordsMax),
  };
}

function soaTtlSeconds(soa: PacketRecord): number {
  const { minimum } = soa.data as { minimum: number };
  return Math.min(ttlOf(soa), minimum);
}

/** A TTL with the highest bit set counts as 0 (RFC 2181, section 8). */
function ttlOf(record: PacketRecord): number {
  const ttl = record.ttl ?? 0;
  return ttl > 0x7fff_ffff ? 0 : ttl;
}

function isAddress(record: DnsRecord | DnsAliasRecord): record is DnsAddressRecord {
  return record.type === "A" || record.type === "AAAA";
}

/** Nothing for types that are not asked for, such as RRSIG. Throws on an impossible address. */
function toRecord(record: PacketRecord): (DnsRecord | DnsAliasRecord)[] {
  if (record.type === "OPT" || record.class !== "IN") return [];
  const base = { name: canonicalName(record.name), ttlSeconds: ttlOf(record) };
  switch (record.type) {
    case "A":
    case "AAAA": {
      const address = String(record.data);
      const valid = record.type === "A" ? isIPv4(address) : isIPv6(address);
      if (!valid) throw new RangeError(`the ${record.type} record is cut short`);
      return [{ ...base, type: record.type, address }];
    }
    case "SRV": {
      const { port, target } = record.data as { port: number; target: string };
      return [{ ...base, type: "SRV", port, target: canonicalName(target) }];
    }
    case "CNAME":
      return [{ ...base, type: "CNAME", target: canonicalName(String(record.data)) }];
    default:
      return [];
  }
}

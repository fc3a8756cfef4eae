import { Buffer } from "node:buffer";
import dnsPacket from "dns-packet";
import { canonicalName } from "../io/dns_record.ts";

/** Where a pod of the headless Service is. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

/** The headless Service of the demo, as CoreDNS would name it. */
export const SERVICE = "muster.demo.svc.cluster.local.";
/** The name of its port, asked for by SRV. */
export const SRV_NAME: string = `_metrics._tcp.${SERVICE}`;
/** Short, so that the demo shows changes soon; a cluster has 5 or 30. */
export const TTL_SECONDS = 2;

/** What fits UDP without EDNS (RFC 1035 §4.2.1). */
const UDP_BYTES_MAX_PLAIN = 512;
/** What fits TCP (RFC 1035 §4.2.2). */
const TCP_BYTES_MAX = 65_535;

interface Query {
  readonly id: number;
  readonly opcode?: string;
  readonly type: string;
  readonly flag_qr?: boolean;
  readonly questions: readonly { readonly name: string; readonly type: string }[];
  readonly additionals: readonly { readonly type: string; readonly udpPayloadSize?: number }[];
}

/**
 * Answers a query of wire format as CoreDNS does for a headless Service: SRV with glue, A, NOERROR
 * without records for other types, NXDOMAIN for other names and while there are no endpoints. An answer
 * too long for the transport has TC and no records. Null for what is no query.
 */
export function answerQuery(
  message: Uint8Array,
  endpoints: readonly Endpoint[],
  transport: "udp" | "tcp",
): Uint8Array | null {
  const query = decode(message);
  if (query === null) return null;
  const [question] = query.questions;
  if (question === undefined) return null;
  const edns = query.additionals.find((record) => record.type === "OPT");
  const bytesMax = transport === "tcp"
    ? TCP_BYTES_MAX
    : Math.max(UDP_BYTES_MAX_PLAIN, edns?.udpPayloadSize ?? 0);
  const opt = edns === undefined ? [] : [{ type: "OPT", name: ".", udpPayloadSize: 1232 }];
  const sections = lookUp(question.name, question.type, endpoints);
  const encode = (rest: typeof sections, flags: number): Uint8Array =>
    dnsPacket.encode({
      type: "response",
      id: query.id,
      flags: dnsPacket.AUTHORITATIVE_ANSWER | flags | rest.rcode,
      questions: query.questions,
      answers: rest.answers,
      authorities: rest.authorities,
      additionals: [...rest.additionals, ...opt],
    });
  const whole = encode(sections, 0);
  if (whole.length <= bytesMax) return whole;
  return encode({ ...nothing, rcode: sections.rcode }, dnsPacket.TRUNCATED_RESPONSE);
}

interface Sections {
  readonly rcode: number;
  readonly answers: readonly unknown[];
  readonly authorities: readonly unknown[];
  readonly additionals: readonly unknown[];
}

const NXDOMAIN = 3;
const nothing: Sections = { rcode: 0, answers: [], authorities: [], additionals: [] };
const soa = {
  type: "SOA",
  name: "cluster.local",
  ttl: TTL_SECONDS,
  data: {
    mname: "ns.dns.cluster.local",
    rname: "hostmaster.cluster.local",
    serial: 1,
    refresh: 7200,
    retry: 1800,
    expire: 86400,
    minimum: TTL_SECONDS,
  },
};

function lookUp(name: string, type: string, endpoints: readonly Endpoint[]): Sections {
  const wanted = canonicalName(name);
  const ips = [...new Set(endpoints.map(({ ip }) => ip))];
  const owned = wanted === SERVICE ? ips : ips.filter((ip) => targetOf(ip) === wanted);
  const isSrvName = wanted === SRV_NAME && endpoints.length > 0;
  if (isSrvName && type === "SRV") {
    return {
      ...nothing,
      // Kubernetes' weights have no meaning either.
      answers: endpoints.map(({ ip, port }) => ({
        type,
        name,
        ttl: TTL_SECONDS,
        data: { target: targetOf(ip), port, priority: 0, weight: 1 },
      })),
      additionals: ips.map((ip) => address(targetOf(ip), ip)),
    };
  }
  if (owned.length > 0 && type === "A") {
    return { ...nothing, answers: owned.map((ip) => address(name, ip)) };
  }
  const exists = isSrvName || owned.length > 0;
  return { ...nothing, rcode: exists ? 0 : NXDOMAIN, authorities: [soa] };
}

/** The dashed address, as the pods of a Deployment are named. */
function targetOf(ip: string): string {
  return `${ip.replaceAll(".", "-")}.${SERVICE}`;
}

function address(name: string, ip: string): unknown {
  return { type: "A", name, ttl: TTL_SECONDS, data: ip };
}

function decode(message: Uint8Array): Query | null {
  try {
    const { buffer, byteOffset, byteLength } = message;
    const query: Query = dnsPacket.decode(Buffer.from(buffer, byteOffset, byteLength));
    return query.type === "query" && query.opcode === "QUERY" ? query : null;
  } catch {
    return null;
  }
}

import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import dnsPacket from "dns-packet";
import { lookupService } from "../../src/cluster/discovery_lookup.ts";
import { DnsResponder } from "../../src/demo/dns_responder.ts";
import { answerQuery, type Endpoint, SERVICE, SRV_NAME } from "../../src/demo/headless_zone.ts";
import { systemClock } from "../../src/io/clock.ts";
import { createDnsClient } from "../../src/io/dns_client.ts";
import { systemRandom } from "../../src/io/random.ts";

const THREE: readonly Endpoint[] = [11, 12, 13].map((n) => ({ ip: `127.0.0.${n}`, port: 4021 }));

// deno-lint-ignore no-explicit-any
function ask(name: string, type: string, endpoints = THREE, additionals: unknown[] = []): any {
  const query = dnsPacket.encode({
    type: "query",
    id: 7,
    questions: [{ name, type }],
    additionals,
  });
  return dnsPacket.decode(Buffer.from(answerQuery(query, endpoints, "udp")!));
}

Deno.test("answerQuery answers SRV with each endpoint's port and the address of each target once", () => {
  const shared = [{ ip: "127.0.0.1", port: 1 }, { ip: "127.0.0.1", port: 2 }];
  const reply = ask(SRV_NAME.toUpperCase(), "SRV", shared);
  assertEquals([reply.rcode, reply.flag_aa, reply.flag_tc, reply.id], ["NOERROR", true, false, 7]);
  const target = "127-0-0-1.muster.demo.svc.cluster.local";
  assertEquals(
    reply.answers.map(({ data, ttl }: { data: { target: string; port: number }; ttl: number }) => [
      data.target,
      data.port,
      ttl,
    ]),
    [[target, 1, 2], [target, 2, 2]],
  );
  assertEquals(
    reply.additionals.map(({ name, type, data }: Record<string, string>) => [name, type, data]),
    [[target, "A", "127.0.0.1"]],
  );
});

Deno.test("answerQuery answers A of service and targets, and NODATA with an SOA for AAAA", () => {
  const addresses = (name: string) =>
    ask(name, "A").answers.map(({ data }: { data: string }) => data);
  assertEquals(addresses(SERVICE), ["127.0.0.11", "127.0.0.12", "127.0.0.13"]);
  assertEquals(addresses(`127-0-0-12.${SERVICE}`), ["127.0.0.12"]);
  for (const name of [SERVICE, SRV_NAME, `127-0-0-12.${SERVICE}`]) {
    const { rcode, answers, authorities } = ask(name, "AAAA");
    assertEquals([rcode, answers.length, authorities[0].type], ["NOERROR", 0, "SOA"]);
  }
});

Deno.test("answerQuery answers NXDOMAIN for other names, and for its own while nobody is there", () => {
  assertEquals(ask("other.demo.svc.cluster.local", "A").rcode, "NXDOMAIN");
  assertEquals(ask(`127-0-0-99.${SERVICE}`, "A").rcode, "NXDOMAIN");
  assertEquals(ask(`_http._tcp.${SERVICE}`, "SRV").rcode, "NXDOMAIN");
  assertEquals(ask(SRV_NAME, "SRV", []).rcode, "NXDOMAIN");
  assertEquals(ask(SERVICE, "A", []).authorities[0].type, "SOA");
});

Deno.test("answerQuery empties and marks an answer that is too long for the asker's UDP", () => {
  const many = Array.from({ length: 9 }, (_, i) => ({ ip: `127.0.0.${11 + i}`, port: 4021 }));
  const short = ask(SRV_NAME, "SRV", many);
  assertEquals([short.flag_tc, short.answers.length], [true, 0]);
  const opt = { type: "OPT", name: ".", udpPayloadSize: 4096, flags: 0, options: [] };
  const long = ask(SRV_NAME, "SRV", many, [opt]);
  assertEquals([long.flag_tc, long.answers.length], [false, 9]);
});

Deno.test("answerQuery gives nothing for what is no query", () => {
  const response = dnsPacket.encode({ type: "response", questions: [{ name: "a", type: "A" }] });
  const empty = dnsPacket.encode({ type: "query", questions: [] });
  for (const bytes of [response, empty, Uint8Array.of(1, 2, 3), new Uint8Array()]) {
    assertEquals(answerQuery(bytes, THREE, "udp"), null);
  }
});

Deno.test("DnsResponder tells our own discovery of three endpoints by UDP and of thirty by TCP", async () => {
  let endpoints = THREE;
  await using responder = await DnsResponder.start(() => endpoints);
  const client = createDnsClient({
    servers: [{ address: responder.host, port: responder.port }],
    timeoutMs: 2_000,
    attempts: 1,
    deadlineMs: 5_000,
    clock: systemClock,
    random: systemRandom,
  });
  const names = { srvName: SRV_NAME, service: SERVICE, defaultPort: 1 };
  const few = await lookupService(client, names, []);
  assertEquals([...few.addresses].sort(), THREE.map(({ ip, port }) => `${ip}:${port}`));
  assertEquals([few.source, few.ttlMs], ["srv", 2_000]);
  endpoints = Array.from({ length: 30 }, (_, i) => ({ ip: `127.0.0.${11 + i}`, port: 4021 }));
  const many = await lookupService(client, names, []);
  assertEquals(new Set(many.addresses).size, 30);
  endpoints = [];
  const none = await lookupService(client, names, []);
  assertEquals([none.addresses, none.negative], [[], "nxdomain"]);
  assert(!none.failedV4 && !none.failedV6);
});

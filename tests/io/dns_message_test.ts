import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import dnsPacket from "dns-packet";
import fc from "fast-check";
import { encodeQuestion, readReply } from "../../src/io/dns_message.ts";
import type { DnsQueryType } from "../../src/io/dns_record.ts";

const question = { id: 0x1234, name: "muster.cluster.local.", type: "A" as DnsQueryType };

function reply(changes: Readonly<Record<string, unknown>> = {}): Uint8Array {
  return dnsPacket.encode({
    type: "response",
    id: question.id,
    questions: [{ name: "muster.cluster.local", type: "A", class: "IN" }],
    answers: [{ name: "muster.cluster.local", type: "A", ttl: 5, data: "10.0.0.1" }],
    ...changes,
  });
}

Deno.test("encodeQuestion asks for recursion and for UDP replies of up to 1232 bytes", () => {
  const packet = dnsPacket.decode(Buffer.from(encodeQuestion(question)));
  assertEquals(packet.id, 0x1234);
  assertEquals(packet.type, "query");
  assert(packet.flag_rd);
  assertEquals(packet.questions.length, 1);
  assertEquals(packet.questions[0].name, "muster.cluster.local");
  assertEquals(packet.additionals[0].udpPayloadSize, 1232);
});

Deno.test("readReply takes only a reply with the id and the question, in any case of letters", () => {
  const of = (name: string, type = "A", cls = "IN") => ({
    questions: [{ name, type, class: cls }],
  });
  const table: readonly [string, Uint8Array, string][] = [
    ["the reply", reply(), "reply"],
    ["other case", reply(of("MUSTER.Cluster.local")), "reply"],
    ["other id", reply({ id: 0x1235 }), "mismatch"],
    ["a query", reply({ type: "query" }), "mismatch"],
    ["other name", reply(of("muster.cluster.loca")), "mismatch"],
    ["other type", reply(of("muster.cluster.local", "AAAA")), "mismatch"],
    ["other class", reply(of("muster.cluster.local", "A", "CH")), "mismatch"],
    ["two questions", reply({ questions: [question, question] }), "mismatch"],
    ["no question in a good answer", reply({ questions: [] }), "mismatch"],
    ["no question in an error", reply({ questions: [], answers: [], flags: 1 }), "reply"],
    ["another opcode", reply({ flags: 4 << 11 }), "mismatch"],
    ["truncated", reply({ flags: dnsPacket.TRUNCATED_RESPONSE }), "truncated"],
    ["nothing", new Uint8Array(0), "mismatch"],
    ["half of a header", reply().subarray(0, 6), "mismatch"],
    ["half of a question", reply().subarray(0, 20), "mismatch"],
    ["half of an answer", reply().subarray(0, reply().length - 2), "malformed"],
  ];
  for (const [what, bytes, kind] of table) {
    assertEquals(readReply(bytes, question, 10).kind, kind, what);
  }
});

Deno.test("readReply takes nothing from a truncated reply, even if it was cut inside of a record", () => {
  const whole = reply({ flags: dnsPacket.TRUNCATED_RESPONSE });
  assertEquals(readReply(whole.subarray(0, whole.length - 3), question, 10), { kind: "truncated" });
});

Deno.test("readReply cuts answers and glue at recordsMax and counts what it cut", () => {
  const records = Array.from({ length: 8 }, (_, i) => ({
    name: "muster.cluster.local",
    type: "A",
    ttl: 5,
    data: `10.0.0.${i}`,
  }));
  const reading = readReply(reply({ answers: records, additionals: records }), question, 5);
  assert(reading.kind === "reply");
  assertEquals(reading.reply.answers.length, 5);
  assertEquals(reading.reply.additionals.length, 5);
  assertEquals(reading.reply.recordsCut, 6);
});

Deno.test("readReply reads a TTL with the highest bit set as 0", () => {
  const answers = [{ name: "muster.cluster.local", type: "A", ttl: 0x8000_0001, data: "10.0.0.1" }];
  const reading = readReply(reply({ answers }), question, 5);
  assert(reading.kind === "reply");
  assertEquals(reading.reply.answers[0]!.ttlSeconds, 0);
});

Deno.test("readReply takes the negative TTL from the SOA: the smaller of its TTL and MINIMUM", () => {
  const soa = (ttl: number, minimum: number) => ({
    answers: [],
    authorities: [{
      name: "cluster.local",
      type: "SOA",
      ttl,
      data: { mname: "ns.cluster.local", rname: "hostmaster.cluster.local", minimum },
    }],
  });
  for (const [ttl, minimum] of [[30, 7], [7, 30]] as const) {
    const reading = readReply(reply(soa(ttl, minimum)), question, 5);
    assert(reading.kind === "reply");
    assertEquals(reading.reply.soaTtlSeconds, 7);
    assertEquals(reading.reply.referral, false);
  }
});

Deno.test("readReply never throws, whatever bytes follow a matching header", () => {
  const header = reply({ answers: [] });
  const counts = fc.uint8Array({ minLength: 6, maxLength: 6 });
  fc.assert(fc.property(counts, fc.uint8Array({ maxLength: 200 }), (sections, tail) => {
    const bytes = new Uint8Array([...header, ...tail]);
    bytes.set(sections, 6);
    const reading = readReply(bytes, question, 10);
    assert(["malformed", "reply"].includes(reading.kind));
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    assert(readReply(bytes, question, 10).kind !== "reply");
  }));
});

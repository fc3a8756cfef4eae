import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { judgeReply } from "../../src/io/dns_answer.ts";
import type { DnsReply } from "../../src/io/dns_message.ts";
import type { DnsAliasRecord, DnsRecord } from "../../src/io/dns_record.ts";

const SERVER = "127.0.0.1:53";

function replyOf(changes: Partial<DnsReply>): DnsReply {
  return {
    rcode: "NOERROR",
    answers: [],
    additionals: [],
    soaTtlSeconds: null,
    referral: false,
    recordsCut: 0,
    ...changes,
  };
}

function a(name: string, address = "10.0.0.1", ttlSeconds = 30): DnsRecord {
  return { type: "A", name, ttlSeconds, address };
}

function alias(name: string, target: string, ttlSeconds = 30): DnsAliasRecord {
  return { type: "CNAME", name, ttlSeconds, target };
}

function chain(length: number): DnsReply {
  const links = Array.from({ length }, (_, i) => alias(`n${i}.`, `n${i + 1}.`));
  // The end first: no order is promised.
  return replyOf({ answers: [a(`n${length}.`), ...links.reverse()] });
}

Deno.test("judgeReply tells answers, absence and failures apart", () => {
  const table: readonly [string, DnsReply, string][] = [
    ["records", replyOf({ answers: [a("m.")] }), "answer"],
    ["no records", replyOf({}), "nodata"],
    ["records of another name", replyOf({ answers: [a("x.")] }), "nodata"],
    ["no such name", replyOf({ rcode: "NXDOMAIN" }), "nxdomain"],
    ["an alias to nowhere", replyOf({ answers: [alias("m.", "x.")] }), "nodata"],
    ["not synced", replyOf({ rcode: "SERVFAIL" }), "servfail"],
    ["not served", replyOf({ rcode: "REFUSED" }), "refused"],
    ["EDNS not known", replyOf({ rcode: "FORMERR" }), "rcode"],
    ["an extended code", replyOf({ rcode: "RCODE_16+" }), "rcode"],
    ["delegated", replyOf({ referral: true }), "referral"],
    ["itself", replyOf({ answers: [alias("m.", "m.")] }), "cname_loop"],
    ["a loop", replyOf({ answers: [alias("m.", "x."), alias("x.", "m.")] }), "cname_loop"],
  ];
  for (const [what, reply, expected] of table) {
    const outcome = judgeReply(reply, "M", "A", SERVER);
    assertEquals(outcome.kind === "failed" ? outcome.reason : outcome.kind, expected, what);
  }
});

Deno.test("judgeReply follows 8 aliases in any order of records, and calls 9 a failure", () => {
  assertEquals(judgeReply(chain(8), "n0.", "A", SERVER).kind, "answer");
  const outcome = judgeReply(chain(9), "n0.", "A", SERVER);
  assert(outcome.kind === "failed");
  assertStringIncludes(outcome.message, "Cannot look up A n0.: 127.0.0.1:53 sent a loop");
});

Deno.test("judgeReply gives the smallest TTL of the records and their aliases", () => {
  const answers = [alias("m.", "x.", 9), a("x.", "10.0.0.1", 20), a("x.", "10.0.0.2", 30)];
  const outcome = judgeReply(replyOf({ answers }), "m.", "A", SERVER);
  assert(outcome.kind === "answer");
  assertEquals(outcome.ttlSeconds, 9);
  assertEquals(outcome.records.length, 2);
  const direct = judgeReply(replyOf({ answers: answers.slice(1) }), "x.", "A", SERVER);
  assertEquals(direct.kind === "answer" && direct.ttlSeconds, 20);
});

Deno.test("judgeReply takes the negative TTL of the SOA, and 5 s where the server sends none", () => {
  for (const rcode of ["NXDOMAIN", "NOERROR"]) {
    const with30 = judgeReply(replyOf({ rcode, soaTtlSeconds: 30 }), "m.", "A", SERVER);
    const without = judgeReply(replyOf({ rcode }), "m.", "A", SERVER);
    assert(with30.kind !== "answer" && with30.kind !== "failed");
    assert(without.kind !== "answer" && without.kind !== "failed");
    assertEquals([with30.negativeTtlSeconds, without.negativeTtlSeconds], [30, 5]);
  }
});

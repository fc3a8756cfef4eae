// Replies that no well-behaved server sends, from a server inside of the test.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import dnsPacket from "dns-packet";
import { systemClock } from "../../src/io/clock.ts";
import { createDnsClient, type DnsClientOptions } from "../../src/io/dns_client.ts";
import type { DnsFailureReason, DnsOutcome } from "../../src/io/dns_outcome.ts";
import {
  type HostileBehaviour,
  HostileDns,
  type HostileQuery,
  readQuery,
} from "../servers/hostile_dns.ts";

const NAME = "muster.cluster.local.";
const GOOD = a("10.0.0.1");
const FORGED = a("6.6.6.6");

function a(data: string): unknown {
  return { name: NAME, type: "A", ttl: 5, data };
}

/** TCP framing around `message`. */
function framed(message: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 0xff), message]);
}

async function ask(
  behaviour: HostileBehaviour,
  options: Partial<DnsClientOptions> = {},
): Promise<{ outcome: DnsOutcome; ignored: number; queries: number }> {
  await using server = await HostileDns.start(behaviour);
  const client = createDnsClient({ servers: [server], attempts: 1, timeoutMs: 300, ...options });
  const outcome = await client.query(NAME, "A");
  return { outcome, ignored: client.counts.ignoredReplies, queries: server.queries };
}

function addressesOf(outcome: DnsOutcome): string[] {
  assert(outcome.kind === "answer", `expected an answer: ${JSON.stringify(outcome)}`);
  return outcome.records.flatMap((record) => record.type === "SRV" ? [] : [record.address]);
}

function assertFailed(outcome: DnsOutcome, reason: DnsFailureReason, text: string): void {
  assert(outcome.kind === "failed", `expected a failure: ${JSON.stringify(outcome)}`);
  assertEquals(outcome.reason, reason);
  assertStringIncludes(outcome.message, text);
}

const forgeries: readonly [string, (query: HostileQuery) => void][] = [
  ["with another id", (q) => q.send(q.reply([FORGED], { id: q.id ^ 1 }))],
  ["from another port", (q) => q.sendFromElsewhere(q.reply([FORGED]))],
  ["from another address", (q) => q.sendFromOtherAddress(q.reply([FORGED]))],
  [
    "to another question",
    (q) => q.send(q.reply([FORGED], { questions: [{ name: "x.", type: "A" }] })),
  ],
  ["of random bytes", (q) => q.send(crypto.getRandomValues(new Uint8Array(100)))],
  ["without bytes", (q) => q.send(new Uint8Array(0))],
  ["that is its own query", (q) => q.send(q.reply([FORGED], { type: "query" }))],
];

for (const [what, forge] of forgeries) {
  Deno.test(`DnsClient ignores and counts a reply ${what}, and waits for the right one`, async () => {
    const alone = await ask({ onUdp: forge });
    assertFailed(alone.outcome, "timeout", "did not answer in time");
    assertEquals(alone.ignored, 1);
  });

  Deno.test(`DnsClient takes the right reply after a reply ${what}`, async () => {
    const { outcome } = await ask({
      onUdp(query) {
        forge(query);
        query.send(query.reply([GOOD]));
      },
    });
    assertEquals(addressesOf(outcome), ["10.0.0.1"]);
  });
}

Deno.test("DnsClient moves to TCP when forged replies arrive in bulk", async () => {
  const { outcome, ignored } = await ask({
    onUdp(query) {
      for (let i = 1; i <= 200; i++) query.send(query.reply([FORGED], { id: query.id ^ i }));
    },
    onTcp: (socket, bytes) => socket.write(framed(readQuery(bytes.subarray(2)).reply([GOOD]))),
  });
  assertEquals(addressesOf(outcome), ["10.0.0.1"]);
  assert(ignored >= 64 && ignored < 200, `ignored ${ignored} replies`);
});

Deno.test("DnsClient calls a matching reply that can't be decoded malformed", async () => {
  const { outcome } = await ask({
    onUdp(query) {
      const reply = query.reply([GOOD]);
      query.send(reply.subarray(0, reply.length - 2));
    },
  });
  assertFailed(outcome, "malformed", "sent a malformed reply");
});

Deno.test("DnsClient calls a loop of aliases a failure", async () => {
  const { outcome } = await ask({
    onUdp: (query) =>
      query.send(query.reply([
        { name: NAME, type: "CNAME", ttl: 5, data: "x." },
        { name: "x.", type: "CNAME", ttl: 5, data: NAME },
      ])),
  });
  assertFailed(outcome, "cname_loop", "a loop of aliases");
});

Deno.test("DnsClient asks a silent server as often as attempts says, each time with the timeout", async () => {
  const startMs = systemClock.nowMs();
  const { outcome, queries } = await ask({ onUdp: () => {} }, { attempts: 3, timeoutMs: 100 });
  assertFailed(outcome, "timeout", "did not answer in time");
  assertEquals(queries, 3);
  assert(systemClock.nowMs() - startMs >= 295, "each try has its time");
});

Deno.test("DnsClient ends a question at its deadline, whatever the attempts", async () => {
  const startMs = systemClock.nowMs();
  const options = { attempts: 5, timeoutMs: 5_000, deadlineMs: 200 };
  const { outcome, queries } = await ask({ onUdp: () => {} }, options);
  assertFailed(outcome, "timeout", "did not answer in time");
  assertEquals(queries, 1);
  assert(systemClock.nowMs() - startMs < 2_000);
});

Deno.test("DnsClient stops at once when the caller's signal is aborted", async () => {
  const controller = new AbortController();
  await using server = await HostileDns.start({ onUdp: () => controller.abort() });
  const client = createDnsClient({ servers: [server], timeoutMs: 30_000 });
  assertFailed(await client.query(NAME, "A", controller.signal), "aborted", "no longer waited for");
  assertFailed(await client.query(NAME, "A", controller.signal), "aborted", "no longer waited for");
});

const truncated = (query: HostileQuery) =>
  query.send(query.reply([GOOD], { flags: dnsPacket.TRUNCATED_RESPONSE }));

const tcpBehaviours: readonly [
  string,
  HostileBehaviour["onTcp"] | undefined,
  DnsFailureReason,
  string,
][] = [
  ["is closed", undefined, "network", "could not be reached"],
  ["ends without a reply", (socket) => socket.end(), "network", "closed early"],
  ["breaks off", (socket) => socket.resetAndDestroy(), "network", "could not be reached"],
  ["stays silent", () => {}, "timeout", "did not answer in time over TCP"],
  [
    "ends inside of the reply",
    (socket, bytes) =>
      socket.end(framed(readQuery(bytes.subarray(2)).reply([GOOD])).subarray(0, 9)),
    "network",
    "closed early",
  ],
  [
    "stalls inside of the reply",
    (socket, bytes) =>
      socket.write(framed(readQuery(bytes.subarray(2)).reply([GOOD])).subarray(0, 9)),
    "timeout",
    "did not answer in time over TCP",
  ],
  [
    "answers another query",
    (socket, bytes) => socket.write(framed(readQuery(bytes.subarray(2)).reply([GOOD], { id: 0 }))),
    "malformed",
    "belongs to another question",
  ],
  ["sends garbage", (socket) => socket.write(new Uint8Array(50).fill(9)), "timeout", "in time"],
  [
    "truncates too",
    (socket, bytes) =>
      socket.write(framed(
        readQuery(bytes.subarray(2)).reply([GOOD], { flags: dnsPacket.TRUNCATED_RESPONSE }),
      )),
    "truncated",
    "truncated its answer over TCP",
  ],
];

for (const [what, onTcp, reason, text] of tcpBehaviours) {
  Deno.test(`DnsClient takes nothing of a truncated reply when TCP ${what}`, async () => {
    const behaviour = onTcp === undefined ? { onUdp: truncated } : { onUdp: truncated, onTcp };
    const { outcome } = await ask(behaviour);
    assertFailed(outcome, reason, text);
  });
}

Deno.test("DnsClient puts a reply over TCP together from single bytes", async () => {
  const { outcome } = await ask({
    onUdp: truncated,
    onTcp(socket, bytes) {
      socket.setNoDelay(true);
      for (const byte of framed(readQuery(bytes.subarray(2)).reply([GOOD]))) {
        socket.write(Uint8Array.of(byte));
      }
    },
  });
  assertEquals(addressesOf(outcome), ["10.0.0.1"]);
});

Deno.test("DnsClient reaches a name server over IPv6, in whatever way its address is written", async () => {
  const behaviour: HostileBehaviour = { onUdp: (query) => query.send(query.reply([GOOD])) };
  if (!Deno.networkInterfaces().some((each) => each.address === "::1")) {
    const client = createDnsClient({ servers: [{ address: "::1", port: 53 }], timeoutMs: 300 });
    return assertFailed(await client.query(NAME, "A"), "network", "could not be reached");
  }
  await using server = await HostileDns.start({ ...behaviour, address: "::1" });
  for (const address of ["::1", "0:0:0:0:0:0:0:1"]) {
    const client = createDnsClient({ servers: [{ address, port: server.port }], timeoutMs: 300 });
    assertEquals(addressesOf(await client.query(NAME, "A")), ["10.0.0.1"]);
    assertEquals(client.servers, [`[${address}]:${server.port}`]);
  }
});

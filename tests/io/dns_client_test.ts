// Against the real dnsmasq and Knot DNS: the two disagree on truncation and on negative answers.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createDnsClient, type DnsClient } from "../../src/io/dns_client.ts";
import type { DnsAnswer, DnsOutcome } from "../../src/io/dns_outcome.ts";
import type { DnsQueryType } from "../../src/io/dns_record.ts";
import { Dnsmasq } from "../servers/dnsmasq.ts";
import { freePort } from "../servers/free_port.ts";
import { Knot } from "../servers/knot.ts";

const NAME = "muster.cluster.local";
const SRV_NAME = `_metrics._tcp.${NAME}`;

function ipv4s(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
}

function records(outcome: DnsOutcome): DnsAnswer["records"] {
  assert(outcome.kind === "answer", `expected an answer: ${JSON.stringify(outcome)}`);
  return outcome.records;
}

function addresses(outcome: DnsOutcome): string[] {
  return records(outcome).map((r) => r.type === "SRV" ? r.target : r.address).sort();
}

/** Runs `check` with a dnsmasq and then with a Knot that hold the same hosts. */
async function withEachServer(
  hosts: readonly string[],
  check: (client: DnsClient, kind: "dnsmasq" | "knot") => Promise<void>,
): Promise<void> {
  {
    await using server = await Dnsmasq.start({ hosts: { [NAME]: hosts }, ttlSeconds: 9 });
    await check(createDnsClient({ servers: [server] }), "dnsmasq");
  }
  const lines = hosts.map((ip) => `muster 9 ${ip.includes(":") ? "AAAA" : "A"} ${ip}`);
  await using server = await Knot.start([...lines, "empty TXT x"]);
  await check(createDnsClient({ servers: [server] }), "knot");
}

Deno.test("DnsClient gets A and AAAA with their TTL from dnsmasq and Knot", async () => {
  await withEachServer(["10.0.0.1", "10.0.0.2", "fd00::1"], async (client, kind) => {
    const v4 = await client.query(`${NAME.toUpperCase()}.`, "A");
    assertEquals(addresses(v4), ["10.0.0.1", "10.0.0.2"], kind);
    assert(v4.kind === "answer");
    assertEquals([v4.ttlSeconds, v4.server], [9, client.servers[0]!], kind);
    assertEquals(addresses(await client.query(NAME, "AAAA")), ["fd00::1"], kind);
  });
});

Deno.test("DnsClient tells NXDOMAIN and NODATA apart, with the SOA's TTL or 5 s", async () => {
  await withEachServer(["10.0.0.1"], async (client, kind) => {
    const server = client.servers[0]!;
    const negativeTtlSeconds = kind === "knot" ? 7 : 5;
    const table: readonly [string, DnsQueryType, "nodata" | "nxdomain"][] = [
      [NAME, "AAAA", "nodata"],
      [NAME, "SRV", "nodata"],
      [`nobody.${NAME}`, "A", "nxdomain"],
      [SRV_NAME, "SRV", "nxdomain"],
    ];
    for (const [name, type, expected] of table) {
      const outcome = await client.query(name, type);
      assertEquals(outcome, { kind: expected, negativeTtlSeconds, server }, `${kind} ${name}`);
    }
  });
});

for (const count of [300, 1_000]) {
  Deno.test(`DnsClient gets all of ${count} A records over TCP from servers that truncate`, async () => {
    const all = ipv4s(count);
    await withEachServer(all, async (client, kind) => {
      const outcome = await client.query(NAME, "A");
      assertEquals(addresses(outcome), all.toSorted(), kind);
      assertEquals([client.counts.truncations, client.counts.recordsCut], [1, 0], kind);
    });
  });
}

Deno.test("DnsClient cuts an answer at recordsMax and counts the rest", async () => {
  await using server = await Dnsmasq.start({ hosts: { [NAME]: ipv4s(300) } });
  const client = createDnsClient({ servers: [server], recordsMax: 100 });
  assertEquals(records(await client.query(NAME, "A")).length, 100);
  assertEquals(client.counts.recordsCut, 200);
});

Deno.test("DnsClient refuses a reply over TCP above tcpBytesMax", async () => {
  await using server = await Dnsmasq.start({ hosts: { [NAME]: ipv4s(300) } });
  const outcome = await createDnsClient({ servers: [server], tcpBytesMax: 4_000 }).query(NAME, "A");
  assertEquals(outcome.kind === "failed" && outcome.reason, "too_large");
});

Deno.test("DnsClient gets SRV with glue from dnsmasq and Knot", async () => {
  const expected = [["a.cluster.local.", 4021], ["b.cluster.local.", 4022]];
  const check = async (client: DnsClient) => {
    const outcome = await client.query(`${SRV_NAME}.`, "SRV");
    const targets = records(outcome).flatMap((r) => r.type === "SRV" ? [[r.target, r.port]] : []);
    assertEquals(targets.sort(), expected);
    assert(outcome.kind === "answer");
    const glue = outcome.additionals.map((record) => `${record.name} ${record.address}`).sort();
    assertEquals(glue, ["a.cluster.local. 10.0.0.1", "b.cluster.local. fd00::2"]);
  };
  {
    await using server = await Dnsmasq.start({
      hosts: { "a.cluster.local": ["10.0.0.1"], "b.cluster.local": ["fd00::2"] },
      services: { [SRV_NAME]: ["a.cluster.local:4021", "b.cluster.local:4022"] },
    });
    await check(createDnsClient({ servers: [server] }));
  }
  await using server = await Knot.start([
    "_metrics._tcp.muster SRV 0 50 4021 a",
    "_metrics._tcp.muster SRV 0 50 4022 b",
    "a A 10.0.0.1",
    "b AAAA fd00::2",
  ]);
  await check(createDnsClient({ servers: [server] }));
});

Deno.test("DnsClient follows an alias to the addresses of its end", async () => {
  await using dnsmasq = await Dnsmasq.start({
    hosts: { [NAME]: ["10.0.0.1"] },
    aliases: { "alias.cluster.local": NAME },
  });
  await using knot = await Knot.start(["muster A 10.0.0.1", "alias CNAME muster"]);
  for (const server of [dnsmasq, knot]) {
    const client = createDnsClient({ servers: [server] });
    assertEquals(addresses(await client.query("alias.cluster.local", "A")), ["10.0.0.1"]);
  }
});

Deno.test("DnsClient reports SERVFAIL and REFUSED as failures that say nothing of the name", async () => {
  await using knot = await Knot.start([]);
  await using dnsmasq = await Dnsmasq.start({});
  const table = [
    [knot, "muster.broken.example", "servfail", "answered SERVFAIL"],
    [knot, "muster.example", "refused", "answered REFUSED"],
    [dnsmasq, "muster.example", "refused", "answered REFUSED"],
  ] as const;
  for (const [server, name, reason, text] of table) {
    const client = createDnsClient({ servers: [server] });
    const outcome = await client.query(name, "A");
    assert(outcome.kind === "failed");
    assertEquals([outcome.reason, outcome.server], [reason, client.servers[0]!]);
    assertStringIncludes(outcome.message, text);
    assertEquals(client.counts.failures, 1);
  }
});

Deno.test("DnsClient asks the next server where one refuses or stays silent, and else tells of all", async () => {
  await using refusing = await Knot.start([]);
  await using good = await Dnsmasq.start({ hosts: { "muster.example": ["10.0.0.1"] } });
  const silent = { address: "127.0.0.1", port: freePort() };
  const client = createDnsClient({ servers: [silent, refusing, good], timeoutMs: 100 });
  assertEquals(addresses(await client.query("muster.example", "A")), ["10.0.0.1"]);
  assertEquals(client.counts.timeouts, 1);

  const outcome = await createDnsClient({ servers: [silent, refusing], timeoutMs: 100 })
    .query("muster.example", "A");
  assert(outcome.kind === "failed");
  assertEquals(outcome.reason, "refused");
  assertStringIncludes(outcome.message, "did not answer in time");
  assertStringIncludes(outcome.message, "answered REFUSED");
});

Deno.test("DnsClient refuses a name that DNS can't hold without asking anybody", async () => {
  const client = createDnsClient({ servers: [{ address: "127.0.0.1", port: freePort() }] });
  for (const name of ["", ".", "a..b", "a b", `${"x".repeat(64)}.y`, "x.".repeat(128), "ä.de"]) {
    const outcome = await client.query(name, "A");
    assertEquals(outcome.kind === "failed" && outcome.reason, "bad_name", JSON.stringify(name));
  }
});

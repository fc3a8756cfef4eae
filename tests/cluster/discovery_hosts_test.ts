import { assert, assertEquals } from "@std/assert";
import { hostResult, lookupHosts } from "../../src/cluster/discovery_hosts.ts";
import type { DnsOutcome } from "../../src/io/dns_outcome.ts";
import { addressRecord, answerOf, failureOf, negativeOf, ScriptedDns } from "./discovery_script.ts";

const A = answerOf([addressRecord("m.", "10.0.0.1", 20)]);
const AAAA = answerOf([addressRecord("m.", "fd00::1", 10)]);
const NODATA = negativeOf("nodata", 7);
const NXDOMAIN = negativeOf("nxdomain", 9);
const FAILED = failureOf();

Deno.test("hostResult joins both families of a host: found, absent, failed", () => {
  const [v4, v6] = ["10.0.0.1:1", "[fd00::1]:1"];
  const table: readonly [
    [DnsOutcome, DnsOutcome],
    [readonly string[], number | null, string | null, boolean, boolean],
  ][] = [
    [[A, AAAA], [[v4, v6], 10_000, null, false, false]],
    [[A, NODATA], [[v4], 20_000, "nodata", false, false]],
    [[NODATA, AAAA], [[v6], 10_000, "nodata", false, false]],
    [[NODATA, NODATA], [[], 7_000, "nodata", false, false]],
    [[NXDOMAIN, NXDOMAIN], [[], 9_000, "nxdomain", false, false]],
    [[A, FAILED], [[v4], 20_000, null, false, true]],
    [[FAILED, AAAA], [[v6], 10_000, null, true, false]],
    [[NODATA, FAILED], [[], 7_000, "nodata", false, true]],
    // NXDOMAIN speaks for all types.
    [[NXDOMAIN, FAILED], [[], 9_000, "nxdomain", false, false]],
    [[FAILED, NXDOMAIN], [[], 9_000, "nxdomain", false, false]],
    [[FAILED, FAILED], [[], null, null, true, true]],
  ];
  for (const [outcomes, expected] of table) {
    const result = hostResult(...outcomes, 1);
    assertEquals(
      [result.addresses, result.ttlMs, result.negative, result.failedV4, result.failedV6],
      expected,
      JSON.stringify(outcomes),
    );
    const failures = outcomes.filter((outcome) => outcome.kind === "failed");
    assertEquals(result.messages.length, failures.length);
  }
});

Deno.test("lookupHosts takes the smallest TTL of hosts that have addresses, and all addresses", async () => {
  const client = new ScriptedDns({
    "A a.": answerOf([addressRecord("a.", "10.0.0.1", 30)]),
    "A b.": answerOf([addressRecord("b.", "10.0.0.2", 20)]),
    "AAAA c.": negativeOf("nodata", 1),
    "A c.": negativeOf("nodata", 1),
  });
  const hosts = ["a.", "c.", "b."].map((name, i) => ({ name, port: i + 1 }));
  const result = await lookupHosts(client, hosts);
  assertEquals(result.addresses.toSorted(), ["10.0.0.1:1", "10.0.0.2:3"]);
  assertEquals(result.ttlMs, 20_000);
  const empty = await lookupHosts(client, [hosts[1]!, { name: "gone.", port: 1 }]);
  assertEquals([empty.addresses, empty.ttlMs, empty.negative], [[], 1_000, "nodata"]);
});

Deno.test("lookupHosts asks for 8 hosts at the same time and no more", async () => {
  const client = new ScriptedDns({});
  const hosts = Array.from({ length: 50 }, (_, i) => ({ name: `h${i}.`, port: 1 }));
  await lookupHosts(client, hosts);
  assertEquals(client.asked.length, 100);
  assert(client.openMax > 2 && client.openMax <= 16, `${client.openMax} open questions`);
});

Deno.test("lookupHosts without hosts asks nothing and finds nothing", async () => {
  const result = await lookupHosts(new ScriptedDns({}), []);
  assertEquals([result.addresses, result.ttlMs, result.negative], [[], null, null]);
});

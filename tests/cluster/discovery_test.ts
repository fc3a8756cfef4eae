// Discovery against real name servers, as a pod would use it.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  createDiscovery,
  type Discovery,
  type DiscoveryView,
} from "../../src/cluster/discovery.ts";
import { systemClock } from "../../src/io/clock.ts";
import { createDnsClient } from "../../src/io/dns_client.ts";
import { systemRandom } from "../../src/io/random.ts";
import type { DnsServer } from "../../src/io/resolv_conf.ts";
import { Dnsmasq } from "../servers/dnsmasq.ts";
import { Knot } from "../servers/knot.ts";
import { until } from "../until.ts";

const SERVICE = "muster.cluster.local";
const SRV_NAME = `_metrics._tcp.${SERVICE}`;
const shared = { clock: systemClock, random: systemRandom, refreshGapMs: 0 };

function discover(server: DnsServer, service = SERVICE, addressesMax = 5_000): Discovery {
  const client = createDnsClient({ servers: [server], timeoutMs: 200, attempts: 1 });
  const portName = "metrics";
  return createDiscovery({
    ...shared,
    mode: "dns",
    client,
    service,
    portName,
    defaultPort: 4021,
    addressesMax,
  });
}

function ipv4s(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
}

Deno.test("Discovery by SRV finds the pods of dnsmasq and Knot with their own ports", async () => {
  const expected = ["10.0.0.1:4021", "10.0.0.2:4022", "[fd00::2]:4022"];
  await using dnsmasq = await Dnsmasq.start({
    hosts: { "a.cluster.local": ["10.0.0.1"], "b.cluster.local": ["10.0.0.2", "fd00::2"] },
    services: { [SRV_NAME]: ["a.cluster.local:4021", "b.cluster.local:4022"] },
    ttlSeconds: 9,
  });
  await using knot = await Knot.start([
    "_metrics._tcp.muster 9 SRV 0 50 4021 a",
    "_metrics._tcp.muster 9 SRV 0 50 4022 b",
    "a 9 A 10.0.0.1",
    "b 9 A 10.0.0.2",
    "b 9 AAAA fd00:0:0::2",
  ]);
  for (const server of [dnsmasq, knot]) {
    await using discovery = discover(server);
    const view = await discovery.refresh();
    assertEquals(view.addresses, expected);
    assertEquals(view.name, "_metrics._tcp.muster.cluster.local.");
    assertEquals(view.servers, [`127.0.0.1:${server.port}`]);
    assertEquals([view.source, view.version, view.partial], ["srv", 1, false]);
    assertEquals(view.ttlMs, 9_000);
  }
});

Deno.test("Discovery keeps what it found when a target without glue can't be asked", async () => {
  await using knot = await Knot.start([
    "_metrics._tcp.muster SRV 0 50 9000 pod.other.example.",
    "_metrics._tcp.muster SRV 0 50 9000 a",
    "a A 10.0.0.1",
  ]);
  await using discovery = discover(knot);
  // Knot refuses the foreign name.
  const view = await discovery.refresh();
  assertEquals([view.addresses, view.partial], [["10.0.0.1:9000"], true]);
  assertStringIncludes(view.lastError!.message, "A pod.other.example.");
});

Deno.test("Discovery falls back to A and AAAA with the default port where there is no SRV", async () => {
  const hosts = { [SERVICE]: ["10.0.0.2", "10.0.0.1", "fd00::1"] };
  await using dnsmasq = await Dnsmasq.start({ hosts });
  await using knot = await Knot.start([
    "muster A 10.0.0.1",
    "muster A 10.0.0.2",
    "muster AAAA fd00::1",
  ]);
  for (const server of [dnsmasq, knot]) {
    await using discovery = discover(server);
    const view = await discovery.refresh();
    assertEquals(view.addresses, ["10.0.0.1:4021", "10.0.0.2:4021", "[fd00::1]:4021"]);
    assertEquals([view.source, view.ttlMs, view.lastError], ["address", 5_000, null]);
  }
});

for (const count of [300, 1_000]) {
  Deno.test(`Discovery finds all of ${count} pods behind a server that truncates`, async () => {
    const all = ipv4s(count);
    await using server = await Dnsmasq.start({ hosts: { [SERVICE]: all } });
    await using discovery = discover(server);
    const view = await discovery.refresh();
    assertEquals(view.addresses, all.map((ip) => `${ip}:4021`).sort());
    assertEquals(view.addressesCut, 0);
  });
}

Deno.test("Discovery finds 300 pods by SRV with glue over TCP", async () => {
  const pods = ipv4s(300).map((ip, i) => [`pod-${i}.cluster.local`, ip] as const);
  await using server = await Dnsmasq.start({
    hosts: Object.fromEntries(pods.map(([name, ip]) => [name, [ip]])),
    services: { [SRV_NAME]: pods.map(([name]) => `${name}:4021`) },
  });
  await using discovery = discover(server);
  const view = await discovery.refresh();
  assertEquals(view.addresses, pods.map(([, ip]) => `${ip}:4021`).sort());
  assertEquals(view.source, "srv");
});

Deno.test("Discovery cuts addresses above addressesMax in sorted order and tells how many", async () => {
  await using server = await Dnsmasq.start({ hosts: { [SERVICE]: ipv4s(20) } });
  await using discovery = discover(server, SERVICE, 5);
  const view = await discovery.refresh();
  assertEquals(view.addresses, ipv4s(20).map((ip) => `${ip}:4021`).sort().slice(0, 5));
  assertEquals(view.addressesCut, 15);
});

Deno.test("Discovery takes NXDOMAIN and NODATA as good, empty answers", async () => {
  await using knot = await Knot.start(["muster TXT x"]);
  const table = [[SERVICE, "nodata"], ["nobody.cluster.local", "nxdomain"]] as const;
  for (const [service, negative] of table) {
    await using discovery = discover(knot, service);
    const view = await discovery.refresh();
    assertEquals([view.addresses, view.version, view.negative], [[], 1, negative]);
    assertEquals([view.failures, view.ttlMs, view.lastError], [0, 7_000, null]);
  }
});

Deno.test("Discovery takes SERVFAIL and REFUSED as failures without a version", async () => {
  await using knot = await Knot.start([]);
  const table = [["muster.broken.example", "SERVFAIL"], ["muster.example", "REFUSED"]] as const;
  for (const [service, text] of table) {
    await using discovery = discover(knot, service);
    const view = await discovery.refresh();
    assertEquals([view.version, view.failures, view.lastSuccessAtMs], [0, 1, null]);
    assertStringIncludes(view.lastError!.message, `answered ${text}`);
  }
});

Deno.test("Discovery keeps its addresses while the server is stopped, and follows it afterwards", async () => {
  await using knot = await Knot.start(["muster A 10.0.0.1", "muster A 10.0.0.2"]);
  await using discovery = discover(knot);
  const before = await discovery.refresh();
  await knot.stop();
  const during = await discovery.refresh();
  assertEquals(during.addresses, ["10.0.0.1:4021", "10.0.0.2:4021"]);
  assertEquals([during.version, during.failures, during.consecutiveFailures], [1, 1, 1]);
  assertEquals(during.lastSuccessAtMs, before.lastSuccessAtMs);
  assertStringIncludes(during.lastError!.message, "did not answer in time");
  await knot.start();
  await knot.answer(["muster A 10.0.0.2"]);
  const smaller = await discovery.refresh();
  assertEquals([smaller.addresses, smaller.version], [["10.0.0.2:4021"], 2]);
  await knot.answer([]);
  const gone = await discovery.refresh();
  assertEquals([gone.addresses, gone.version, gone.negative], [[], 3, "nxdomain"]);
});

Deno.test("Discovery that was started sees changes by itself at the pace of the TTL", async () => {
  await using knot = await Knot.start(["muster 1 A 10.0.0.1"]);
  await using discovery = discover(knot);
  const views: DiscoveryView[] = [];
  discovery.onView((view) => views.push(view));
  discovery.start();
  await until(() => discovery.view.addresses.length === 1, { what: "the first pod" });
  await knot.answer(["muster 1 A 10.0.0.1", "muster 1 A 10.0.0.2"]);
  await until(() => discovery.view.addresses.length === 2, { what: "the second pod" });
  const versions = views.map((view) => view.version);
  assertEquals(versions, versions.map((_, i) => i + 1));
});

Deno.test("Discovery leaves no socket or timer when it is stopped in the middle of a poll", async () => {
  await using knot = await Knot.start(["muster A 10.0.0.1"]);
  const discovery = discover(knot);
  await discovery.refresh();
  discovery.start();
  await discovery[Symbol.asyncDispose]();
  assertEquals((await discovery.refresh()).version, 1);
});

Deno.test("Discovery from a list looks names up and gives addresses as they are", async () => {
  await using server = await Dnsmasq.start({
    hosts: { "a.cluster.local": ["10.0.0.1", "fd00::1"] },
  });
  const client = createDnsClient({ servers: [server], timeoutMs: 200, attempts: 1 });
  const peers = ["10.0.0.9:1", "a.cluster.local:2"];
  await using discovery = createDiscovery({ ...shared, mode: "static", client, peers });
  const expected = ["10.0.0.1:2", "10.0.0.9:1", "[fd00::1]:2"];
  assertEquals((await discovery.refresh()).addresses, expected);
  await server.stop();
  const view = await discovery.refresh();
  assertEquals([view.addresses, view.partial], [expected, true]);
});

Deno.test("Discovery of mode none has no peers and asks nobody", async () => {
  await using discovery = createDiscovery({ ...shared, mode: "none" });
  const view = await discovery.refresh();
  assertEquals([view.addresses, view.version, view.servers], [[], 1, []]);
});

Deno.test("createDiscovery refuses options that can't work, and names them", () => {
  const client = createDnsClient({ servers: [{ address: "127.0.0.1", port: 53 }] });
  const good = {
    ...shared,
    mode: "dns" as const,
    client,
    service: SERVICE,
    portName: "metrics",
    defaultPort: 4021,
  };
  const table = [
    [{ ...good, service: "a..b" }, "a DNS name must consist of labels"],
    [{ ...good, service: "" }, "a DNS name must consist of labels"],
    [{ ...good, portName: "a.b" }, "portName must be letters, digits and '-': received "],
    [{ ...good, portName: "" }, "portName must be"],
    [{ ...good, defaultPort: 0 }, "defaultPort must be 1 to 65535: received 0"],
    [{ ...good, defaultPort: 1.5 }, "defaultPort must be 1 to 65535: received 1.5"],
    [{ ...good, addressesMax: 0 }, "addressesMax must be a whole number from 1: received 0"],
    [{ ...shared, mode: "static" as const, client, peers: ["x"] }, 'received "x"'],
  ] as const;
  for (const [options, text] of table) {
    assertThrows(() => createDiscovery(options), RangeError, text);
  }
});

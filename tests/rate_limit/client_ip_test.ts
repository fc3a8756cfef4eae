import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { clientIp, type ClientIpOptions } from "../../src/rate_limit/client_ip.ts";
import { ipGroups, ipv4Of } from "../../src/rate_limit/ip_network.ts";

const PROXIES = ["10.0.0.0/8", "fd00::/8", "192.0.2.1"];

Deno.test("X-Forwarded-For counts only behind trusted proxies, and there the rightmost untrusted hop", () => {
  const trusting = clientIp({ trustedProxies: PROXIES });
  const cases: [remote: string, header: string | undefined, key: string][] = [
    ["203.0.113.9", undefined, "203.0.113.9"],
    ["203.0.113.9", "1.2.3.4", "203.0.113.9"],
    ["10.1.2.3", "1.2.3.4", "1.2.3.4"],
    ["10.1.2.3", "6.6.6.6, 1.2.3.4", "1.2.3.4"],
    ["10.1.2.3", "6.6.6.6,1.2.3.4 , 192.0.2.1,10.9.9.9", "1.2.3.4"],
    ["192.0.2.2", "1.2.3.4", "192.0.2.2"],
    ["fd12::1", "1.2.3.4", "1.2.3.4"],
    ["::ffff:10.1.2.3", "1.2.3.4", "1.2.3.4"],
    ["10.1.2.3", "::ffff:1.2.3.4", "1.2.3.4"],
    ["10.1.2.3", "1.2.3.4:5678", "1.2.3.4"],
    ["10.1.2.3", "[2001:db8::1]:5678", "2001:db8:0:0::/64"],
    ["10.1.2.3", undefined, "10.1.2.3"],
    ["10.1.2.3", "", "10.1.2.3"],
    ["10.1.2.3", "10.7.7.7", "10.7.7.7"],
    ["10.1.2.3", "1.2.3.4, unknown", "10.1.2.3"],
    ["10.1.2.3", "1.2.3.4, garbage, 10.7.7.7", "10.7.7.7"],
    ["10.1.2.3", "1.2.3.4,", "1.2.3.4"],
    ["10.1.2.3", "1.2.3.4, ,", "1.2.3.4"],
    ["10.1.2.3", ",6.6.6.6,,1.2.3.4,\t,10.7.7.7 , ", "1.2.3.4"],
    ["10.1.2.3", "1.2.3.4, unknown,", "10.1.2.3"],
    ["10.1.2.3", ", ,", "10.1.2.3"],
    ["203.0.113.9", "1.2.3.4,", "203.0.113.9"],
    ["", "1.2.3.4", "unknown"],
  ];
  for (const [remote, header, key] of cases) assertEquals(trusting(remote, header), key, header);
  const wary = clientIp();
  assertEquals(wary("10.1.2.3", "1.2.3.4"), "10.1.2.3");
});

Deno.test("an IPv6 client is its /64, and an IPv4-mapped one is IPv4", () => {
  const keyOf = clientIp();
  const keys = [
    "2001:db8:1:2::1",
    "2001:DB8:1:2:ffff:ffff:ffff:ffff",
    "2001:db8:1:3::1",
    "fe80::1%eth0",
  ];
  assertEquals(keys.map((one) => keyOf(one, undefined)), [
    "2001:db8:1:2::/64",
    "2001:db8:1:2::/64",
    "2001:db8:1:3::/64",
    "fe80:0:0:0::/64",
  ]);
  assertEquals(keyOf("::ffff:c000:201", undefined), keyOf("192.0.2.1", undefined));
});

Deno.test("nobody but a trusted proxy can choose a key", () => {
  const keyOf = clientIp({ trustedProxies: PROXIES });
  const header = fc.string({ unit: fc.constantFrom(..."0123456789abcdef.:,[] ") });
  fc.assert(fc.property(fc.ipV4(), header, (remote, forged) => {
    fc.pre(!remote.startsWith("10.") && remote !== "192.0.2.1");
    assertEquals(keyOf(remote, forged), remote);
    // Behind a proxy, whatever stands to the left of what it appended changes nothing.
    assertEquals(keyOf("10.0.0.1", `${forged},${remote}`), remote);
    assertEquals(keyOf("10.0.0.1", `${forged},,${remote}, ,10.0.0.2,`), remote);
  }));
});

Deno.test("ipGroups reads all that URL reads as an address, and nothing else", () => {
  fc.assert(fc.property(fc.oneof(fc.ipV6(), fc.string()), (text) => {
    const read = ipGroups(text);
    if (!text.includes(":")) return;
    const url = URL.parse(`http://[${text}]`);
    if (url === null) return assertEquals(read, null, text);
    assertEquals(read, ipGroups(url.hostname.slice(1, -1)), text);
  }));
  const wrong = [
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "1.2.3.256",
    "1..3.4",
    " 1.2.3.4",
    "",
    "1.2.3.-4",
  ];
  assertEquals(wrong.map(ipv4Of), wrong.map(() => -1));
  assertEquals(ipv4Of("255.255.255.255"), 2 ** 32 - 1);
  assertEquals(["1::2::3", ":1", "1:2:3:4:5:6:7:8:9", ":::"].map(ipGroups), [
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("trusted proxies must be a list of addresses and networks, and all that are not are named", () => {
  const rule = "must be an address or a network, such as 10.0.0.0/8: received";
  for (const proxy of ["10.0.0.0/33", "::/129", "example.org", "10.0.0.0/8/8", "10.0.0.0/", ""]) {
    const expected = `Cannot tell clients by their addresses: trustedProxies[0] ${rule} "${proxy}"`;
    assertThrows(() => clientIp({ trustedProxies: [proxy] }), TypeError, expected);
  }
  const object = 'options must be an object, such as { trustedProxies: ["10.0.0.0/8"] }: received';
  const list = "trustedProxies must be a list of addresses and networks: received";
  const cases: [options: unknown, problems: string][] = [
    [null, `${object} null`],
    ["10.0.0.0/8", `${object} "10.0.0.0/8"`],
    [["10.0.0.0/8"], `${object} ["10.0.0.0/8"]`],
    [{ trustedProxies: "10.0.0.0/8" }, `${list} "10.0.0.0/8"`],
    [{ trustedProxies: null }, `${list} null`],
    [
      { trustedProxies: [5, "10.0.0.0/8", "x"] },
      `trustedProxies[0] ${rule} 5; trustedProxies[2] ${rule} "x"`,
    ],
  ];
  for (const [options, problems] of cases) {
    const { message } = assertThrows(() => clientIp(options as ClientIpOptions), TypeError);
    assertEquals(message, `Cannot tell clients by their addresses: ${problems}`);
  }
});

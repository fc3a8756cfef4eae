import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { canonicalAddress, formatAddress, parseAddress } from "../../src/cluster/address.ts";

Deno.test("canonicalAddress gives one spelling to each address and null to anything else", () => {
  const table: readonly [string, string | null][] = [
    ["10.0.0.1:4021", "10.0.0.1:4021"],
    ["[FD00:0:0::1]:4021", "[fd00::1]:4021"],
    ["[fd00:0:0:0:0:0:0:1]:4021", "[fd00::1]:4021"],
    ["[::ffff:10.0.0.1]:4021", "10.0.0.1:4021"],
    ["[::]:1", "[::]:1"],
    ["10.0.0.1:65535", "10.0.0.1:65535"],
    ["10.0.0.1:65536", null],
    ["10.0.0.1:0", null],
    ["10.0.0.1:04021", null],
    ["10.0.0.1", null],
    ["10.0.0.1:", null],
    ["10.0.0:1", null],
    ["10.0.0.01:1", null],
    ["10.0.0.1 :1", null],
    ["fd00::1:4021", null],
    ["[10.0.0.1]:1", null],
    ["[fe80::1%eth0]:1", null],
    ["[fd00::1]", null],
    ["[[fd00::1]]:1", null],
    ["localhost:1", null],
    ["", null],
  ];
  for (const [text, expected] of table) assertEquals(canonicalAddress(text), expected, text);
});

Deno.test("parseAddress reads back what formatAddress wrote, for every address and port", () => {
  const ip = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(fc.property(ip, fc.integer({ min: 1, max: 65_535 }), (text, port) => {
    const canonical = canonicalAddress(formatAddress({ ip: text, port }))!;
    assertEquals(formatAddress(parseAddress(canonical)!), canonical);
    assertEquals(parseAddress(canonical)!.port, port);
  }));
});

import { assertEquals } from "@std/assert";
import { canonicalIp } from "../../src/cluster/ip_address.ts";

Deno.test("canonicalIp gives one spelling to each address and none to what is no address", () => {
  const cases: [string, string | undefined][] = [
    ["10.0.0.1", "10.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["::FFFF:0a00:0001", "10.0.0.1"],
    ["0:0:0:0:0:ffff:10.0.0.1", "10.0.0.1"],
    ["FD00:0:0:0:0:0:0:1", "fd00::1"],
    ["[fd00::1]", "fd00::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["::1", "::1"],
    ["::ffff:0.0.0.1", "0.0.0.1"],
    ["10.0.0.01", undefined],
    ["10.0.0", undefined],
    ["0x7f.1", undefined],
    ["muster", undefined],
    ["", undefined],
    ["[]", undefined],
    ["1::2::3", undefined],
  ];
  for (const [text, expected] of cases) assertEquals(canonicalIp(text), expected, text);
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Parser } from "../../src/config/option.ts";
import {
  addressList,
  dnsName,
  ipAddress,
  LISTED_MAX,
  oneOf,
  peerList,
  urlPath,
  wholeNumber,
  yesOrNo,
} from "../../src/config/parsers.ts";

/** Each text with its value; `undefined` where it must be invalid. */
function check<T>(parse: Parser<T>, cases: readonly [string, T | undefined][]): void {
  for (const [text, expected] of cases) {
    const parsed = parse(text);
    assertEquals(
      parsed.kind === "value" ? parsed.value : undefined,
      expected,
      JSON.stringify(text),
    );
  }
}

Deno.test("wholeNumber takes decimal digits within its range and nothing else", () => {
  check(wholeNumber(1, 65_535), [
    ["1", 1],
    ["65535", 65_535],
    ["007", 7],
    ["0", undefined],
    ["65536", undefined],
    ["-1", undefined],
    ["1.0", undefined],
    ["1e3", undefined],
    ["0x10", undefined],
    [" 1", undefined],
    ["1\n", undefined],
    ["", undefined],
    ["9".repeat(400), undefined],
    ["١", undefined],
  ]);
});

Deno.test("wholeNumber reads back every number of its range", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e9 }), (number) => {
    const parsed = wholeNumber(0, 1e9)(String(number));
    return parsed.kind === "value" && parsed.value === number;
  }));
});

Deno.test("yesOrNo takes eight words in any case", () => {
  for (const text of ["true", "1", "on", "yes", "TRUE", "Yes"]) check(yesOrNo, [[text, true]]);
  for (const text of ["false", "0", "off", "no", "OFF"]) check(yesOrNo, [[text, false]]);
  check(yesOrNo, [["y", undefined], ["", undefined], ["true ", undefined], ["2", undefined]]);
});

Deno.test("oneOf takes a choice exactly and names all choices otherwise", () => {
  check(oneOf(["none", "bearer"]), [["none", "none"], ["None", undefined], ["", undefined]]);
  assertEquals(oneOf(["a", "b"])("c"), { kind: "invalid", rule: "one of a, b" });
});

Deno.test("ipAddress gives the one spelling of an address", () => {
  check(ipAddress, [
    ["0.0.0.0", "0.0.0.0"],
    ["::", "::"],
    ["FD00::0:1", "fd00::1"],
    ["localhost", undefined],
    ["1.2.3", undefined],
    ["", undefined],
  ]);
});

Deno.test("urlPath takes plain paths only", () => {
  check(urlPath, [
    ["/metrics", "/metrics"],
    ["/a/b-c_d.e~f", "/a/b-c_d.e~f"],
    ["metrics", undefined],
    ["/", undefined],
    ["//a", undefined],
    ["/a/", undefined],
    ["/a?b", undefined],
    ["/a b", undefined],
    ["/a#b", undefined],
    ["/a/../b", undefined],
    ["/.", undefined],
    ["/%41", undefined],
    ["/:param", undefined],
    ["/a*", undefined],
    ["", undefined],
  ]);
});

Deno.test("dnsName gives a name in lower case without the final dot", () => {
  check(dnsName, [
    ["muster", "muster"],
    ["Muster.Prod.svc.cluster.local.", "muster.prod.svc.cluster.local"],
    ["_metrics._tcp.muster", "_metrics._tcp.muster"],
    ["a".repeat(63), "a".repeat(63)],
    ["a".repeat(64), undefined],
    [Array(128).fill("a").join("."), undefined],
    ["-a", undefined],
    ["a..b", undefined],
    [".", undefined],
    ["10.0.0.1", undefined],
    ["a b", undefined],
    ["http://muster", undefined],
    ["", undefined],
  ]);
});

Deno.test("addressList takes addresses, each once, and adds the default port", () => {
  check(addressList(53), [
    ["10.0.0.1,fd00::1,[FD00::2],[fd00::3]:54", [
      { address: "10.0.0.1", port: 53 },
      { address: "fd00::1", port: 53 },
      { address: "fd00::2", port: 53 },
      { address: "fd00::3", port: 54 },
    ]],
    ["10.0.0.1:53, [::ffff:10.0.0.1]:53", [{ address: "10.0.0.1", port: 53 }]],
    ["10.0.0.1:0", undefined],
    ["10.0.0.1:65536", undefined],
    ["10.0.0.1,", undefined],
    ["dns.example.org", undefined],
    ["", undefined],
  ]);
});

Deno.test("peerList takes addresses and names with ports, each once", () => {
  check(peerList, [
    ["10.0.0.1:4021", ["10.0.0.1:4021"]],
    ["[FD00::1]:1, Muster.example.org:65535,muster.example.org:65535", [
      "[fd00::1]:1",
      "muster.example.org:65535",
    ]],
    ["10.0.0.1:1,[::ffff:10.0.0.1]:1", ["10.0.0.1:1"]],
    ["10.0.0.1", undefined],
    ["fd00::1", undefined],
    ["muster", undefined],
    ["10.0.0.1:0", undefined],
    ["10.0.0.256:1", undefined],
    ["10.0.0.1:1,", undefined],
    ["", undefined],
    [",", undefined],
  ]);
});

Deno.test("peerList and addressList refuse more items than their limit", () => {
  const list = (count: number) =>
    Array.from({ length: count }, (_, i) => `10.0.${i >> 8}.${i & 255}:1`).join();
  for (const parse of [peerList, addressList(53)]) {
    assert(parse(list(LISTED_MAX)).kind === "value");
    assert(parse(list(LISTED_MAX + 1)).kind === "invalid");
  }
});

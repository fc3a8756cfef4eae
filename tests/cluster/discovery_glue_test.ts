import { assertEquals } from "@std/assert";
import { joinGlue, peerAddress } from "../../src/cluster/discovery_glue.ts";
import { addressRecord, answerOf, srvRecord } from "./discovery_script.ts";

Deno.test("joinGlue joins by name, not by order, and keeps each target's port", () => {
  const joined = joinGlue(answerOf(
    [srvRecord("a.m.", 4021), srvRecord("b.m.", 4022), srvRecord("b.m.", 4023)],
    [
      addressRecord("b.m.", "10.0.0.2"),
      addressRecord("x.m.", "10.0.0.9"),
      addressRecord("a.m.", "10.0.0.1"),
      addressRecord("a.m.", "FD00:0::1"),
    ],
  ));
  assertEquals(joined.addresses.toSorted(), [
    "10.0.0.1:4021",
    "10.0.0.2:4022",
    "10.0.0.2:4023",
    "[fd00::1]:4021",
  ]);
  assertEquals(joined.unglued, []);
});

Deno.test("joinGlue lists targets without glue once, and reads no address out of a label", () => {
  const joined = joinGlue(answerOf(
    [srvRecord("10-0-0-1.m.", 1), srvRecord("10-0-0-1.m.", 1), srvRecord("a.m.", 2)],
    [addressRecord("a.m.", "10.0.0.2")],
  ));
  assertEquals(joined.addresses, ["10.0.0.2:2"]);
  assertEquals(joined.unglued, [{ name: "10-0-0-1.m.", port: 1 }]);
});

Deno.test("joinGlue passes over target '.', port 0 and addresses nobody listens at", () => {
  const joined = joinGlue(answerOf(
    [srvRecord(".", 1), srvRecord("a.m.", 0), srvRecord("b.m.", 1)],
    [addressRecord("b.m.", "0.0.0.0"), addressRecord("b.m.", "::")],
  ));
  assertEquals(joined.addresses, []);
  assertEquals(joined.unglued, []);
});

Deno.test("joinGlue takes the smallest TTL of records and of the glue that it uses", () => {
  const records = [srvRecord("a.m.", 1, 30)];
  const glue = [addressRecord("a.m.", "10.0.0.1", 9), addressRecord("unused.m.", "10.0.0.2", 1)];
  assertEquals(joinGlue(answerOf(records, glue)).ttlSeconds, 9);
  assertEquals(joinGlue(answerOf([srvRecord("a.m.", 1, 3)], glue)).ttlSeconds, 3);
});

Deno.test("peerAddress gives the IPv4 address for one that IPv6 maps", () => {
  assertEquals(peerAddress("::ffff:10.0.0.1", 1), "10.0.0.1:1");
  assertEquals(peerAddress("nonsense", 1), null);
});

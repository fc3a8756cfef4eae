import { assertEquals, assertThrows } from "@std/assert";
import { lookupList, parsePeers } from "../../src/cluster/discovery_list.ts";
import { addressRecord, answerOf, failureOf, ScriptedDns } from "./discovery_script.ts";

Deno.test("parsePeers tells addresses from names and makes both canonical", () => {
  assertEquals(parsePeers(["10.0.0.1:1", "[FD00::0:1]:2", "Muster-0.example:3", "localhost.:4"]), {
    addresses: ["10.0.0.1:1", "[fd00::1]:2"],
    hosts: [{ name: "muster-0.example.", port: 3 }, { name: "localhost.", port: 4 }],
  });
});

Deno.test("parsePeers refuses what is neither, typing errors in addresses included", () => {
  const bad = [
    "",
    "10.0.0.1",
    "10.0.0.256:1",
    "10.0.0.1:0",
    "a:65536",
    "a b:1",
    "fd00::1:2",
    "a..b:1",
  ];
  for (const peer of bad) {
    assertThrows(() => parsePeers([peer]), RangeError, `received ${JSON.stringify(peer)}`);
  }
});

Deno.test("lookupList gives its addresses without a question, and those of its names", async () => {
  const client = new ScriptedDns({
    "A a.": answerOf([addressRecord("a.", "10.0.0.7")]),
    "A b.": failureOf("A b. failed."),
  });
  const fixed = await lookupList(client, parsePeers(["10.0.0.1:1"]));
  assertEquals([fixed.addresses, fixed.source, client.asked], [["10.0.0.1:1"], "list", []]);
  const named = await lookupList(client, parsePeers(["10.0.0.1:1", "a:2"]));
  assertEquals([named.addresses, named.source], [["10.0.0.1:1", "10.0.0.7:2"], "address"]);
});

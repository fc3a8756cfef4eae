import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lookupService, TARGET_LOOKUPS_MAX } from "../../src/cluster/discovery_lookup.ts";
import {
  addressRecord,
  answerOf,
  failureOf,
  negativeOf,
  ScriptedDns,
  srvRecord,
} from "./discovery_script.ts";

const NAMES = { srvName: "_metrics._tcp.m.", service: "m.", defaultPort: 4021 };
const SRV = `SRV ${NAMES.srvName}`;
const SERVICE = {
  "A m.": answerOf([addressRecord("m.", "10.0.0.1"), addressRecord("m.", "10.0.0.2")]),
  "AAAA m.": negativeOf("nodata"),
};

Deno.test("lookupService takes SRV with glue in one question", async () => {
  const client = new ScriptedDns({
    ...SERVICE,
    [SRV]: answerOf([srvRecord("a.m.", 9000)], [addressRecord("a.m.", "10.0.0.9")]),
  });
  const result = await lookupService(client, NAMES, []);
  assertEquals([result.addresses, result.source], [["10.0.0.9:9000"], "srv"]);
  assertEquals(client.asked, [SRV]);
});

Deno.test("lookupService asks A and AAAA of the targets that came without glue", async () => {
  const client = new ScriptedDns({
    [SRV]: answerOf(
      [srvRecord("a.m.", 1, 30), srvRecord("b.m.", 2, 30), srvRecord("gone.m.", 3, 30)],
      [addressRecord("a.m.", "10.0.0.1", 30)],
    ),
    "A b.m.": negativeOf("nodata"),
    "AAAA b.m.": answerOf([addressRecord("b.m.", "fd00::2", 9)]),
  });
  const result = await lookupService(client, NAMES, []);
  assertEquals(result.addresses, ["10.0.0.1:1", "[fd00::2]:2"]);
  assertEquals([result.source, result.ttlMs, result.failedV4], ["srv", 9_000, false]);
  assertEquals(client.asked.length, 5);
});

Deno.test("lookupService marks a family as failed when a target without glue could not be asked", async () => {
  const client = new ScriptedDns({
    [SRV]: answerOf([srvRecord("a.m.", 1)]),
    "A a.m.": failureOf("A a.m. failed."),
    "AAAA a.m.": negativeOf("nodata"),
  });
  const result = await lookupService(client, NAMES, []);
  assertEquals([result.failedV4, result.failedV6, result.messages], [true, false, [
    "A a.m. failed.",
  ]]);
});

Deno.test("lookupService falls back to A and AAAA with the default port when SRV says nothing", async () => {
  const table = {
    nxdomain: negativeOf("nxdomain"),
    nodata: negativeOf("nodata"),
    failed: failureOf("SRV failed."),
    "not offered": answerOf([srvRecord(".", 0)]),
  };
  for (const [what, srv] of Object.entries(table)) {
    const result = await lookupService(new ScriptedDns({ ...SERVICE, [SRV]: srv }), NAMES, []);
    assertEquals(result.addresses, ["10.0.0.1:4021", "10.0.0.2:4021"], what);
    assertEquals(result.source, "address", what);
    assertEquals(result.messages, what === "failed" ? ["SRV failed."] : [], what);
    assertEquals([result.failedV4, result.failedV6], [false, false], what);
  }
});

Deno.test("lookupService keeps the port of a known IP while SRV fails, and drops it when SRV is gone", async () => {
  const previous = ["10.0.0.1:9000", "10.0.0.1:9001", "10.0.0.3:9000"];
  const failing = new ScriptedDns({ ...SERVICE, [SRV]: failureOf() });
  assertEquals((await lookupService(failing, NAMES, previous)).addresses, [
    "10.0.0.1:9000",
    "10.0.0.1:9001",
    "10.0.0.2:4021",
  ]);
  const gone = new ScriptedDns({ ...SERVICE, [SRV]: negativeOf("nxdomain") });
  assertEquals((await lookupService(gone, NAMES, previous)).addresses, [
    "10.0.0.1:4021",
    "10.0.0.2:4021",
  ]);
});

Deno.test("lookupService asks the service itself when too many targets come without glue, and says so", async () => {
  const targets = Array.from(
    { length: TARGET_LOOKUPS_MAX + 1 },
    (_, i) => srvRecord(`t${i}.m.`, 9),
  );
  const client = new ScriptedDns({ ...SERVICE, [SRV]: answerOf(targets) });
  const result = await lookupService(client, NAMES, ["10.0.0.2:9"]);
  assertEquals(result.addresses, ["10.0.0.1:4021", "10.0.0.2:9"]);
  assertStringIncludes(result.messages[0]!, "65 targets came without an address");
  assertEquals(client.asked.length, 3);
});

Deno.test("lookupService finds nothing, and says why, when the name does not exist", async () => {
  const result = await lookupService(new ScriptedDns({}), NAMES, ["10.0.0.1:1"]);
  assertEquals([result.addresses, result.negative], [[], "nxdomain"]);
  assert(!result.failedV4 && !result.failedV6);
});

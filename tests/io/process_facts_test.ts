import { assert, assertEquals, assertMatch } from "@std/assert";
import { readProcessFacts } from "../../src/io/process_facts.ts";
import { systemRandom } from "../../src/io/random.ts";

Deno.test("readProcessFacts tells host name, pid, versions and start", () => {
  const facts = readProcessFacts(systemRandom);
  assertEquals(facts.hostname, Deno.hostname());
  assertEquals(facts.hostnameKnown, true);
  assertEquals(facts.pid, Deno.pid);
  assertEquals(facts.versions.deno, Deno.version.deno);
  assert(facts.startedAtMs > 1_700_000_000_000 && facts.startedAtMs <= Date.now() + 1);
});

Deno.test({
  name: "readProcessFacts invents a name without permission for the host name",
  permissions: { sys: false },
  fn() {
    const facts = readProcessFacts(systemRandom);
    assertEquals(facts.hostnameKnown, false);
    assertMatch(facts.hostname, /^node-[0-9a-f]{8}$/);
    assert(facts.hostname !== readProcessFacts(systemRandom).hostname);
  },
});

import { assertEquals } from "@std/assert";
import { isNewer, newIncarnationId } from "../../src/cluster/identity.ts";
import { SeededRandom } from "./seeded_random.ts";

Deno.test("newIncarnationId gives 16 hexadecimal digits, others each time", () => {
  const random = new SeededRandom(1);
  const ids = Array.from({ length: 100 }, () => newIncarnationId(random));
  assertEquals(ids.every((id) => /^[0-9a-f]{16}$/.test(id)), true);
  assertEquals(new Set(ids).size, 100);
});

Deno.test("isNewer orders two lives by their beginning, and by id where that is the same", () => {
  const life = (incarnation: string, startedAtMs: number) => ({
    node: "n",
    incarnation,
    startedAtMs,
    version: "",
    address: "",
  });
  assertEquals(isNewer(life("a", 2), life("b", 1)), true);
  assertEquals(isNewer(life("a", 1), life("b", 2)), false);
  assertEquals([isNewer(life("b", 1), life("a", 1)), isNewer(life("a", 1), life("b", 1))], [
    true,
    false,
  ]);
});

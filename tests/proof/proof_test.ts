import { assertEquals } from "@std/assert";
import { gatherEvidence, problemsOf } from "./evidence.ts";
import { SHORT } from "./scenario.ts";
import { table } from "./table.ts";

Deno.test("No merged counter falls behind a balancer while real processes are rolled, killed and frozen", async () => {
  const evidence = await gatherEvidence(SHORT, () => {});
  assertEquals(problemsOf(evidence), [], table(evidence));
});

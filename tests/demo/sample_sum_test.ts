import { assertEquals } from "@std/assert";
import { sampleSum } from "../../src/demo/sample_sum.ts";

Deno.test("sampleSum adds the series of one family and of no other", () => {
  const text =
    `# TYPE a_total counter\na_total{plan="x y"} 2\na_total{plan="z"} 1.5\na_total_b 9\n`;
  assertEquals(sampleSum(text, "a_total"), 3.5);
  assertEquals(sampleSum("a_total 7\n", "a_total"), 7);
  assertEquals(sampleSum(text, "b"), null);
});

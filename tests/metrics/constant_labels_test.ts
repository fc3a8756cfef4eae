import { assertEquals } from "@std/assert";
import { constantLabelProblem } from "../../src/metrics/constant_labels.ts";

Deno.test("constantLabelProblem tells what keeps a label from being every series'", () => {
  const name = "a constant label's name must match ^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,99}$: received ";
  const taken =
    "a constant label must be none of node, muster_overflow, le, quantile, which merge " +
    "and exposition add: received ";
  const value =
    'the constant label "env" must be a text of 1 to 4096 well-formed characters: received ';
  const cases: [string, unknown, string | null][] = [
    ["env", "prod", null],
    ["_e1", "x".repeat(4_096), null],
    ["bad name", "x", name + '"bad name"'],
    ["__a", "x", name + '"__a"'],
    ["a\nb", "x", name + '"a\\nb"'],
    ["le", "x", taken + '"le"'],
    ["quantile", "x", taken + '"quantile"'],
    ["node", "x", taken + '"node"'],
    ["env", 1, value + "1"],
    ["env", undefined, value + "nothing"],
    ["env", "", value + '""'],
    ["env", "\ud800", value + '"\\ud800"'],
    ["env", "x".repeat(4_097), value + "4097 characters"],
  ];
  for (const [label, given, problem] of cases) {
    assertEquals(constantLabelProblem(label, given), problem);
  }
});

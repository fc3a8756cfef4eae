import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { quorumOf, refusalSentence, type Voter } from "../../src/cluster/quorum.ts";

function voter(number: number, answered: boolean): Voter {
  return {
    incarnation: `${number}`.padStart(16, "0"),
    name: `web-${number}`,
    startedAtMs: number,
    answered,
    reason: answered ? "" : "no answer within 500 ms",
    silentMs: answered ? 0 : 12_000,
  };
}

Deno.test("quorumOf needs half of the members, and of exactly half the longest-lived one", () => {
  const table: readonly (readonly [string, boolean])[] = [
    ["1", true],
    ["11", true],
    ["10", true],
    ["01", false],
    ["110", true],
    ["100", false],
    ["011", true],
    ["1100", true],
    ["0110", false],
    ["00111", true],
    ["11000", false],
  ];
  for (const [members, reached] of table) {
    const voters = [...members].map((answered, i) => voter(i + 1, answered === "1"));
    assertEquals(quorumOf(voters).reached, reached, members);
  }
});

Deno.test("quorumOf never lets two parts of a partition answer at once, whoever is in them", () => {
  const sides = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(sides, fc.boolean(), (side, sameStart) => {
    const voters = (answers: (side: boolean) => boolean) =>
      side.map((of, i) => ({ ...voter(i, answers(of)), startedAtMs: sameStart ? 7 : i }));
    const both = quorumOf(voters((of) => of)).reached && quorumOf(voters((of) => !of)).reached;
    assertEquals(both, false);
  }));
});

Deno.test("refusalSentence says who is out of reach, since when, and what it usually is", () => {
  const voters = [voter(1, true), voter(2, false), voter(3, false)];
  const sentence = refusalSentence(voters, quorumOf(voters));
  assertStringIncludes(sentence, "1 of 3 members answered, and at least half must");
  assertStringIncludes(sentence, "web-2 (no answer within 500 ms, not heard for 12 s), web-3");
  assertStringIncludes(sentence, "NetworkPolicy");
  const half = [voter(1, false), voter(2, true)];
  assert(refusalSentence(half, quorumOf(half)).includes("only with the longest-lived member"));
});

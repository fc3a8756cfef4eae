import { assertEquals } from "@std/assert";
import type { Parser } from "../../src/config/option.ts";
import {
  constantLabels,
  labelNames,
  namePatterns,
  renamings,
} from "../../src/config/relabelling.ts";

function many(item: (i: number) => string, count: number): string {
  return Array.from({ length: count }, (_, i) => item(i)).join();
}

const RIGHT: readonly [Parser<unknown>, string, unknown][] = [
  [constantLabels, "env=prod, region = eu-1", { env: "prod", region: "eu-1" }],
  [constantLabels, 'url=http://x/?a=b"c', { url: 'http://x/?a=b"c' }],
  [namePatterns, "go_*, x:y ,*", ["go_*", "x:y", "*"]],
  [labelNames, "pod,_x", ["pod", "_x"]],
  [renamings, "a=b, c_total = d:total", { a: "b", c_total: "d:total" }],
  [renamings, "a=b,b=a", { a: "b", b: "a" }],
];

const WRONG: readonly [Parser<unknown>, readonly string[]][] = [
  [constantLabels, [
    "",
    "env",
    "env=",
    "=prod",
    "env=prod,",
    "env=a,env=b",
    "a b=c",
    "9=c",
    "__name__=x",
    "node=x",
    "le=1",
    "quantile=1",
    "muster_overflow=true",
    `env=${"x".repeat(4_097)}`,
    "env=\ud800",
    many((i) => `l${i}=x`, 33),
  ]],
  [namePatterns, ["", "a,", "a b", "a-b", "x".repeat(201), many((i) => `n${i}`, 1_001)]],
  [labelNames, ["", "a,", "a b", "9a", "__name__", "a*", many((i) => `l${i}`, 1_001)]],
  [renamings, ["", "a", "a=", "=a", "a=b=c", "a=b,a=c", "a=c,b=c", "a*=b", "a=b-c"]],
];

Deno.test("what is changed of metrics is read from lists, with or without spaces", () => {
  for (const [parse, text, value] of RIGHT) {
    assertEquals(parse(text), { kind: "value", value }, `${parse.name} ${text}`);
  }
});

Deno.test("what is changed of metrics is refused where it can't be meant, and the rule is told", () => {
  for (const [parse, texts] of WRONG) {
    for (const text of texts) {
      const parsed = parse(text);
      assertEquals(parsed.kind, "invalid", `${parse.name} ${text}`);
      const rule = parsed.kind === "invalid" ? parsed.rule : "";
      assertEquals(rule.startsWith("a comma-separated list of 1 to "), true, rule);
    }
  }
});

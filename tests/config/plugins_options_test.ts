import { assertEquals } from "@std/assert";
import { bucketLists } from "../../src/config/bucket_lists.ts";
import { labelRules } from "../../src/config/label_rules.ts";
import { PLUGIN_NAMES, PLUGINS_OPTIONS } from "../../src/config/options/plugins.ts";

Deno.test("MUSTER_PLUGINS takes names, all or none, and tells the nearest name of a misspelt one", () => {
  const { parse } = PLUGINS_OPTIONS.plugins;
  assertEquals(parse("billing, web,billing"), { kind: "value", value: ["billing", "web"] });
  assertEquals(parse("all"), { kind: "value", value: PLUGIN_NAMES });
  assertEquals(parse("none"), { kind: "value", value: [] });
  assertEquals(parse("biling,web,zzzzzzzzz,pattern"), {
    kind: "invalid",
    rule: `all, none, or a list of ${PLUGIN_NAMES.join(", ")} ` +
      "(did you mean billing for biling, patterns for pattern?)",
  });
});

Deno.test("MUSTER_LABEL_RULES takes each label once, with a rule that there is", () => {
  assertEquals(labelRules("customer_id=top:50, domain=hash,a=keep,b=drop"), {
    kind: "value",
    value: { customer_id: { top: 50 }, domain: "hash", a: "keep", b: "drop" },
  });
  for (
    const wrong of ["", "a", "a=", "a=top", "a=top:0", "a=top:10001", "a=hash,a=keep", "é=hash"]
  ) {
    assertEquals(labelRules(wrong).kind, "invalid", wrong);
  }
});

Deno.test("MUSTER_BUCKETS takes ascending finite bounds by metric", () => {
  assertEquals(bucketLists("a.b=1:2.5:1e3,c=-1"), {
    kind: "value",
    value: { "a.b": [1, 2.5, 1_000], c: [-1] },
  });
  for (const wrong of ["", "a", "a=", "a=1:1", "a=2:1", "a=x", "a=1::2", "a=1,a=2", "a=Infinity"]) {
    assertEquals(bucketLists(wrong).kind, "invalid", wrong);
  }
});

Deno.test("MUSTER_DROP_METRICS_GROUPS takes groups with their plugin", () => {
  const { parse } = PLUGINS_OPTIONS.dropMetricsGroups;
  assertEquals(parse("billing.webhooks, web.funnel"), {
    kind: "value",
    value: ["billing.webhooks", "web.funnel"],
  });
  assertEquals(parse("webhooks").kind, "invalid");
});

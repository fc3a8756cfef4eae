import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  escapeName,
  ESCAPING_SCHEMES,
  exposedLabelNames,
  exposedName,
  isLegacyName,
} from "../../src/exposition/escaping_scheme.ts";

Deno.test("escapeName escapes as Prometheus's Go library does", () => {
  const cases: [name: string, underscores: string, dots: string, values: string][] = [
    ["", "", "", ""],
    ["legacy:name_1", "legacy:name_1", "legacy:name__1", "legacy:name_1"],
    [
      "no:escaping_required",
      "no:escaping_required",
      "no:escaping__required",
      "no:escaping_required",
    ],
    ["http.status:sum", "http_status:sum", "http_dot_status:sum", "U__http_2e_status:sum"],
    ["my_metric.a", "my_metric_a", "my__metric_dot_a", "U__my__metric_2e_a"],
    ["with space", "with_space", "with__space", "U__with_20_space"],
    ["0digit", "_digit", "__digit", "U___30_digit"],
    ["a0", "a0", "a0", "a0"],
    ["zażółć", "za____", "za________", "U__za_17c__f3__142__107_"],
    ["花火", "__", "____", "U___82b1__706b_"],
    ["a😀", "a_", "a__", "U__a_1f600_"],
    ["\ud800", "_", "__", "U___fffd_"],
    ["_.", "__", "___dot_", "U_____2e_"],
  ];
  for (const [name, underscores, dots, values] of cases) {
    assertEquals(escapeName(name, "allow-utf-8", "metric"), name);
    assertEquals(escapeName(name, "underscores", "metric"), underscores, name);
    assertEquals(escapeName(name, "dots", "metric"), dots, name);
    assertEquals(escapeName(name, "values", "metric"), values, name);
  }
});

Deno.test("escapeName escapes a colon in the name of a label", () => {
  assertEquals(escapeName("a:b", "underscores", "label"), "a_b");
  assertEquals(escapeName("a:b", "values", "label"), "U__a_3a_b");
  assertEquals(escapeName("a:b", "underscores", "metric"), "a:b");
});

Deno.test("exposedName leaves legacy-valid names alone under every scheme", () => {
  for (const scheme of ESCAPING_SCHEMES) {
    assertEquals(exposedName("orders_total", scheme, "metric"), "orders_total");
  }
  assertEquals(exposedName("orders.total_", "dots", "metric"), "orders_dot_total__");
});

Deno.test("escapeName makes a legacy-valid name of any, and under values never the same of two", () => {
  const name = fc.string({ unit: "binary", minLength: 1 }).map((name) => name.toWellFormed());
  fc.assert(fc.property(name, name, (a, b) => {
    for (const scheme of ["underscores", "dots", "values"] as const) {
      assert(isLegacyName(escapeName(a, scheme, "metric"), "metric"));
      assert(isLegacyName(escapeName(a, scheme, "label"), "label"));
    }
    const bothLegacy = isLegacyName(a, "metric") || isLegacyName(b, "metric");
    if (a !== b && !bothLegacy) {
      assert(escapeName(a, "values", "metric") !== escapeName(b, "values", "metric"));
    }
  }));
});

Deno.test("exposedLabelNames keeps names apart that escaping would make one", () => {
  assertEquals(exposedLabelNames(["a.b", "a_b", "a-b", "c.d"], "underscores"), [
    "U__a_2e_b",
    "a_b",
    "U__a_2d_b",
    "c_d",
  ]);
  assertEquals(exposedLabelNames(["a.b", "a_b"], "allow-utf-8"), ["a.b", "a_b"]);
});

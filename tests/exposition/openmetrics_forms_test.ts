import { assertEquals } from "@std/assert";
import type { FormedFamily } from "../../src/exposition/family_form.ts";
import { openMetricsForms } from "../../src/exposition/openmetrics_forms.ts";

function family(name: string, type: FormedFamily["type"], rest: Partial<FormedFamily> = {}) {
  return { name, type, unit: "", bounds: [1], labelNames: [], ...rest };
}

/** For each family its headers, as `name type` or `name type part`. */
function headers(...families: FormedFamily[]): Record<string, string[]> {
  const forms = openMetricsForms(families, "underscores");
  return Object.fromEntries(
    families.map(({ name }) => [
      name,
      forms.get(name)!.map(({ name, type, part }) =>
        part === "all" ? `${name} ${type}` : `${name} ${type} ${part}`
      ),
    ]),
  );
}

Deno.test("openMetricsForms names types as OpenMetrics does, and takes their suffixes off headers", () => {
  assertEquals(
    headers(
      family("a_total", "counter"),
      family("b", "gauge"),
      family("c", "histogram"),
      family("d", "native_histogram"),
      family("e", "summary"),
      family("f_info", "info"),
      family("g", "state_set", { labelNames: ["g"] }),
    ),
    {
      a_total: ["a counter"],
      b: ["b gauge"],
      c: ["c histogram"],
      d: ["d histogram"],
      e: ["e summary"],
      f_info: ["f info"],
      g: ["g stateset"],
    },
  );
});

Deno.test("openMetricsForms makes unknown or gauge what OpenMetrics has no such form for", () => {
  assertEquals(
    headers(
      family("a", "counter"),
      family("_total", "counter"),
      family("b", "info"),
      family("c", "state_set", { labelNames: ["state"] }),
      family("d", "histogram", { bounds: [-1, 1] }),
    ),
    {
      a: ["a unknown"],
      _total: ["_total unknown"],
      b: ["b gauge"],
      c: ["c gauge"],
      d: ["d_bucket unknown bucket", "d_count unknown count", "d_sum unknown sum"],
    },
  );
});

Deno.test("openMetricsForms lets the family with suffixes give way where names would clash", () => {
  assertEquals(headers(family("x_total", "counter"), family("x", "gauge")), {
    x_total: ["x_total unknown"],
    x: ["x gauge"],
  });
  assertEquals(headers(family("x_total", "counter"), family("x", "histogram")), {
    x_total: ["x_total unknown"],
    x: ["x histogram"],
  });
  assertEquals(headers(family("x_total", "counter"), family("x_created", "gauge")), {
    x_total: ["x_total unknown"],
    x_created: ["x_created gauge"],
  });
  assertEquals(headers(family("x", "histogram"), family("x_created", "counter")), {
    x: ["x_bucket unknown bucket", "x_count unknown count", "x_sum unknown sum"],
    x_created: ["x_created unknown"],
  });
  assertEquals(headers(family("x", "summary"), family("x_created", "gauge")), {
    x: ["x unknown bucket", "x_count unknown count", "x_sum unknown sum"],
    x_created: ["x_created gauge"],
  });
  assertEquals(headers(family("x_info", "info"), family("x", "gauge")), {
    x_info: ["x_info gauge"],
    x: ["x gauge"],
  });
  assertEquals(headers(family("x_total_total", "counter"), family("x_total", "counter")), {
    x_total_total: ["x_total_total unknown"],
    x_total: ["x counter"],
  });
  assertEquals(headers(family("x_info", "info"), family("x_total", "counter")), {
    x_info: ["x info"],
    x_total: ["x_total unknown"],
  });
});

Deno.test("openMetricsForms names a unit only where it is the suffix of the header's name", () => {
  const unitOf = (name: string, type: FormedFamily["type"], unit: string) =>
    openMetricsForms([family(name, type, { unit })], "underscores").get(name)![0]!.unit;
  assertEquals(unitOf("a_seconds", "gauge", "seconds"), "seconds");
  assertEquals(unitOf("a_seconds_total", "counter", "seconds"), "seconds");
  assertEquals(unitOf("a_seconds_ratio", "gauge", "seconds"), "");
  assertEquals(unitOf("aseconds", "gauge", "seconds"), "");
  assertEquals(unitOf("seconds", "gauge", "seconds"), "");
  assertEquals(unitOf("a_seconds_info", "info", "seconds"), "");
});

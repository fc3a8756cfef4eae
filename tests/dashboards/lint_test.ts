// The rules of Grafana's dashboard-linter that concern JSON alone. Its rules on `instance` do not apply:
// a merged target is one instance, whichever pod answered.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { dashboardFiles, drawnPanels, readDashboard, type Variable } from "./dashboard.ts";

const PROMETHEUS = { type: "prometheus", uid: "$datasource" };
/** Units that are in use; https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
const UNITS: readonly string[] = ["short", "s", "percentunit", "reqps", "Bps", "bytes"];

for (const file of dashboardFiles()) {
  const dashboard = readDashboard(file);
  const panels = drawnPanels(dashboard);
  const targets = panels.flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({ ...target, panel: panel.title }))
  );
  const variable = (name: string): Variable => {
    const found = dashboard.templating.list.filter((one) => one.name === name);
    assertEquals(found.length, 1, name);
    return found[0]!;
  };

  Deno.test(`dashboards/${file} can be imported anywhere: a stable uid, no id, a schema of Grafana 11`, () => {
    assertMatch(dashboard.uid, /^[a-z0-9-]{1,40}$/);
    assertEquals(dashboard.id, undefined);
    assert(dashboard.schemaVersion >= 39);
    assertEquals(dashboard.editable, false);
    assert(dashboard.title.startsWith("Muster / "));
  });

  Deno.test(`dashboards/${file} has one data source variable and a job variable that may be all`, () => {
    const sources = dashboard.templating.list.filter(({ type }) => type === "datasource");
    assertEquals(sources.map(({ name, label, query }) => [name, label, query]), [
      ["datasource", "Data Source", "prometheus"],
    ]);
    const { label, type, datasource, refresh, multi, includeAll, allValue } = variable("job");
    assertEquals({ label, type, datasource, refresh, multi, includeAll, allValue }, {
      label: "job",
      type: "query",
      datasource: PROMETHEUS,
      refresh: 2,
      multi: true,
      includeAll: true,
      allValue: ".+",
    });
  });

  Deno.test(`dashboards/${file} has panels with title, description, unit, data source and queries`, () => {
    for (const { id, title, description, datasource, fieldConfig, targets } of panels) {
      assert(title !== "", `panel ${id}`);
      assertMatch(description ?? "", /^[A-Za-z0-9].{20,}\.$/, title);
      assertEquals(datasource, PROMETHEUS, title);
      assert(UNITS.includes(fieldConfig?.defaults.unit ?? ""), title);
      assert((targets ?? []).length > 0, title);
    }
    const titles = panels.map(({ title }) => title);
    assertEquals(new Set(titles).size, titles.length);
    const ids = dashboard.panels.map(({ id }) => id);
    assertEquals(new Set(ids).size, ids.length);
  });

  Deno.test(`dashboards/${file} has panels side by side, never one over another or outside`, () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos: { x, y, w, h } } of dashboard.panels) {
      assert(x >= 0 && x + w <= 24, title);
      for (let row = y; row < y + h; row++) {
        for (let column = x; column < x + w; column++) {
          const place = `${column} ${row}`;
          assertEquals(taken.get(place), undefined, `${title} covers ${taken.get(place)}`);
          taken.set(place, title);
        }
      }
    }
  });

  Deno.test(`dashboards/${file} has queries that choose the job, and rates over $__rate_interval`, () => {
    for (const { panel, expr, datasource, legendFormat } of targets) {
      assertEquals(datasource, PROMETHEUS, panel);
      assert((legendFormat ?? "") !== "", panel);
      const selectors = [...expr.matchAll(/\bmuster_\w+(\{[^}]*\})?/g)];
      assert(selectors.length > 0, panel);
      for (const [selector, matchers = ""] of selectors) {
        assert(matchers.includes('job=~"$job"'), `${panel}: ${selector}`);
        assert(!matchers.includes("instance"), `${panel}: ${selector}`);
      }
      for (const [range] of expr.matchAll(/\[[^\]]*\]/g)) {
        assertEquals(range, "[$__rate_interval]", panel);
      }
    }
  });

  Deno.test(`dashboards/${file} has counters only inside rate or increase, and gauges never`, () => {
    for (const { panel, expr } of targets) {
      for (const [before, name] of expr.matchAll(/(?:\w+\()?\b(?:muster_\w+)/g).map(split)) {
        const isCounter = /_(total|bucket|sum|count)$/.test(name);
        assertEquals(/^(rate|increase)\($/.test(before), isCounter, `${panel}: ${before}${name}`);
      }
    }
  });
}

function split([text]: RegExpExecArray): [string, string] {
  const at = text.indexOf("muster_");
  return [text.slice(0, at), text.slice(at)];
}

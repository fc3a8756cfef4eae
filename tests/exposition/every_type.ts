import type { RenderSource } from "../../src/exposition/render_source.ts";
import { binIndex } from "../../src/metrics/bin.ts";
import { PAGE_CELLS } from "../../src/metrics/cells.ts";
import { Exemplars } from "../../src/metrics/exemplars.ts";
import type { FamilyDef } from "../../src/metrics/family.ts";
import { Layout } from "../../src/metrics/layout.ts";

/** A gauge without labels, to make other families from. */
export const FAMILY: FamilyDef = {
  name: "g",
  help: "",
  type: "gauge",
  unit: "",
  merge: "max",
  labelNames: [],
  bounds: [],
};

/** When all series of {@linkcode everyType} were made. */
export const CREATED_MS = 1_700_000_000_000;
/** What the native histogram and the summary of {@linkcode everyType} observed. */
export const OBSERVED: readonly number[] = [0, 0.5, 1, 1, 3, -2, 100];
/** The schema of their bins. */
export const SCHEMA = 3;

/** A source with two series of every type, made by hand, and exemplars. */
export function everyType(): RenderSource {
  const layout = new Layout();
  const page = new Float64Array(PAGE_CELLS);
  const exemplars = new Exemplars();
  layout.addCreated(CREATED_MS);
  const add = (def: Partial<FamilyDef>, ...series: [labels: string[], cells: number[]][]) => {
    const family = layout.addFamily({ ...FAMILY, ...def });
    return series.map(([labels, cells]) => {
      const first = layout.cellsEnd;
      page.set(cells, first);
      return layout.addSeries(family, labels, first);
    });
  };
  const observe = (series: number) => {
    for (const value of OBSERVED) {
      const sign = value === 0 ? 0 : value < 0 ? -1 : 1;
      const index = sign === 0 ? 0 : binIndex(Math.abs(value), SCHEMA);
      const known = layout.binsOf(series).map((bin) => layout.binAt(bin))
        .find((bin) => bin.sign === sign && bin.index === index);
      const cell = known?.cell ?? layout.cellsEnd;
      if (known === undefined) layout.addBin(series, { schema: SCHEMA, sign, index }, cell);
      page[cell]!++;
    }
  };
  const sum = OBSERVED.reduce((sum, value) => sum + value, 0);
  const counter = { type: "counter", merge: "add", labelNames: ["plan"] } as const;
  const [orders] = add(
    { ...counter, name: "orders_total", help: 'Orders, "all"\\.' },
    [["pro"], [3]],
    [["free"], [0.5]],
  );
  exemplars.set(layout.firstCellOf(orders!), {
    labels: { trace_id: "abc", span_id: 'd"e' },
    value: 1,
    timestampMs: 1_700_000_000_123,
  });
  add({ ...counter, name: "unsuffixed", labelNames: [] }, [[], [7]]);
  add({ name: "size_bytes", help: "A gauge.", unit: "bytes" }, [[], [-1e-7]]);
  const [waits] = add(
    { name: "wait_seconds", type: "histogram", merge: "add", unit: "seconds", bounds: [0.1, 1] },
    [[], [1, 2, 3, 9.5]],
  );
  exemplars.set(layout.firstCellOf(waits!) + 1, {
    labels: { trace_id: "é" },
    value: 0.5,
    timestampMs: 0,
  });
  add({ name: "below", type: "histogram", merge: "add", bounds: [-1, 1] }, [[], [1, 0, 1, 4]]);
  const [quantiles] = add(
    {
      name: "size",
      type: "summary",
      merge: "add",
      labelNames: ["kind"],
      quantiles: [0, 0.5, 0.99, 1],
    },
    [["a"], [OBSERVED.length, sum]],
    [["unused"], [0, 0]],
  );
  const [native] = add(
    { name: "native_seconds", type: "native_histogram", merge: "add", unit: "seconds" },
    [[], [sum]],
  );
  observe(quantiles!);
  observe(native!);
  add({ name: "build_info", type: "info", labelNames: ["version"] }, [["1.2.3"], [1]]);
  add(
    { name: "phase", type: "state_set", merge: "per_node", labelNames: ["phase"] },
    [["starting"], [0]],
    [["ready"], [1]],
  );
  return { layout, pages: [page], exemplars };
}

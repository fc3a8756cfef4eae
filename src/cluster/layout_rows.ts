import {
  type Layout,
  ROW_BIN,
  ROW_CREATED,
  ROW_FAMILY,
  ROW_HIDE,
  ROW_SERIES,
  ROW_SHOW,
} from "../metrics/layout.ts";
import type { LayoutAddition, LayoutAdditions, OtherAddition } from "./wire/layout_additions.ts";

/** The row at a place of a layout, with all that a reader needs to append it. */
export function layoutAddition(layout: Layout, at: number): LayoutAddition {
  const { kind, subject } = layout.row(at);
  switch (kind) {
    case ROW_FAMILY:
      return { kind: "family", family: layout.families[subject]! };
    case ROW_SERIES:
      return {
        kind: "series",
        family: layout.familyOf(subject),
        labelValues: layout.labelValuesOf(subject),
        firstCell: layout.firstCellOf(subject),
      };
    case ROW_BIN:
      return { kind: "bin", ...layout.binAt(subject) };
    case ROW_CREATED:
      return { kind: "created", atMs: layout.createdAt(subject) };
    case ROW_HIDE:
      return { kind: "hide", series: subject };
    case ROW_SHOW:
      return { kind: "show", series: subject };
    default:
      return { kind: "sum_is_state", series: subject };
  }
}

/** Appends rows that were found to fit, without the first `skipped` ones. */
export function appendAdditions(
  layout: Layout,
  additions: LayoutAdditions,
  skipped: number,
): void {
  const { series } = additions;
  if (skipped === 0) layout.reserve(additions.length, series.length);
  for (const run of additions.runs(skipped)) {
    if (run.kind === "series") layout.addBatch(series, run.first, run.end);
    else appendOther(layout, run);
  }
}

function appendOther(layout: Layout, addition: OtherAddition): void {
  switch (addition.kind) {
    case "family":
      layout.addFamily(addition.family);
      return;
    case "bin":
      layout.addBin(addition.series, addition, addition.cell);
      return;
    case "created":
      layout.addCreated(addition.atMs);
      return;
    case "hide":
      layout.hide(addition.series);
      return;
    case "show":
      layout.show(addition.series);
      return;
    case "sum_is_state":
      layout.setSumIsState(addition.series);
  }
}

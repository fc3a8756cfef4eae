import {
  type Layout,
  type LayoutRow,
  ROW_BIN,
  ROW_CREATED,
  ROW_FAMILY,
  ROW_HIDE,
  ROW_SERIES,
  ROW_SHOW,
  ROW_VOID,
} from "../metrics/layout.ts";
import type { LayoutAddition, LayoutAdditions, OtherAddition } from "./wire/layout_additions.ts";

/** The rows of a layout from one place to before another, with all that a reader needs to append them. */
export function* layoutAdditions(
  layout: Layout,
  from: number,
  end: number,
): Generator<LayoutAddition, void, undefined> {
  for (let at = from; at < end;) {
    const row = layout.row(at);
    const rows = row.kind === ROW_VOID ? Math.min(row.subject, end - at) : 1;
    yield row.kind === ROW_VOID ? { kind: "void", rows } : layoutAddition(layout, row);
    at += rows;
  }
}

function layoutAddition(layout: Layout, { kind, subject }: LayoutRow): LayoutAddition {
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
  if (skipped === 0) layout.reserve(additions.count, series.length);
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
      layout.addTurn(addition.series, true);
      return;
    case "show":
      layout.addTurn(addition.series, false);
      return;
    case "void":
      layout.addVoid(addition.rows);
      return;
    case "sum_is_state":
      layout.setSumIsState(addition.series);
  }
}

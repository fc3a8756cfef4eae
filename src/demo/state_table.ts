import type { MergedTotal } from "./cluster_view.ts";
import type { FleetNode } from "./fleet.ts";

/** What the table shows. */
export interface DemoState {
  readonly nodes: readonly FleetNode[];
  /** By name, as the cluster sees it. */
  readonly statuses: ReadonlyMap<string, string>;
  /** By name, of the present life. */
  readonly ownOrders: ReadonlyMap<string, number>;
  /** Or why there is none. */
  readonly merged: MergedTotal | string;
}

/** A number as people read it. */
export function readable(value: number): string {
  return value.toLocaleString("en-US");
}

/** The state as lines of text. */
export function stateTable({ nodes, statuses, ownOrders, merged }: DemoState): string[] {
  const rows = [["node", "address", "process", "", "cluster says", "orders of this life"]];
  for (const { name, endpoint, pid, phase } of nodes) {
    const hasProcess = phase === "running" || phase === "stopping";
    rows.push([
      name,
      `${endpoint.ip}:${endpoint.port}`,
      hasProcess ? String(pid) : "-",
      phase,
      statuses.get(name) ?? "-",
      ownOrders.has(name) ? readable(ownOrders.get(name)!) : "-",
    ]);
  }
  const total = typeof merged === "string" ? "-" : readable(merged.orders);
  rows.push(["all", "", "", "", "merged", total]);
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((text, column) => {
      const width = widths[column]!;
      return column === row.length - 1 ? text.padStart(width) : text.padEnd(width);
    }).join("  ")
  );
  return [...lines, mergedSentence(merged)];
}

/** What is to be said of the merged total. */
export function mergedSentence(merged: MergedTotal | string): string {
  if (typeof merged === "string") return `No merged total right now: ${merged}`;
  const { scrapes, falls, answeredBy } = merged;
  const history = falls === 0
    ? `it never fell in ${readable(scrapes)} merged scrapes`
    : `IT FELL in ${readable(falls)} of ${readable(scrapes)} merged scrapes`;
  return `The merged total was given by ${answeredBy}; ${history}.`;
}

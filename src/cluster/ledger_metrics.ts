import type { Counter, CounterFamily } from "../metrics/counter.ts";
import type { Gauge } from "../metrics/gauge.ts";
import type { Registry } from "../metrics/registry.ts";
import type { Ledger } from "./ledger.ts";

/** What a node measures of its ledger. */
export interface LedgerMetrics {
  readonly shards: Gauge;
  readonly folded: Gauge;
  readonly cells: Gauge;
  readonly forgottenSeries: Counter;
  readonly forgottenIds: Counter;
  readonly divergences: Counter;
  readonly fileWrites: CounterFamily<"outcome">;
}

/** Registers the metrics of the ledger. */
export function createLedgerMetrics(registry: Registry): LedgerMetrics {
  return {
    shards: registry.gauge({
      name: "muster_ledger_shards",
      help: "Shards of departed incarnations that are counted in by themselves.",
    }),
    folded: registry.gauge({
      name: "muster_ledger_folded_incarnations",
      help: "Incarnations that were folded into the base, the one sum of all who are long gone.",
    }),
    cells: registry.gauge({
      name: "muster_ledger_base_cells",
      help: "Cells of the base.",
    }),
    forgottenSeries: registry.counter({
      name: "muster_ledger_forgotten_series_total",
      help: "Series of the base that were forgotten over its budget, with their totals.",
    }),
    forgottenIds: registry.counter({
      name: "muster_ledger_forgotten_incarnations_total",
      help: "Folded incarnations whose ids were forgotten, as there were too many.",
    }),
    divergences: registry.counter({
      name: "muster_ledger_divergences_total",
      help: "Bases of peers that knew more of the same incarnations, and were taken over.",
    }),
    fileWrites: registry.counter({
      name: "muster_ledger_file_writes_total",
      help: "Attempts to write LEDGER_FILE, by outcome.",
      labels: ["outcome"],
    }),
  };
}

/** Sets the metrics to what a ledger is now. */
export function measureLedger(
  metrics: LedgerMetrics,
  { shards, base, forgottenSeries }: Ledger,
): void {
  metrics.shards.set(shards.size);
  metrics.folded.set(base.ids.size);
  metrics.cells.set(base.sums.cellCount);
  raise(metrics.forgottenSeries, forgottenSeries);
  raise(metrics.forgottenIds, base.forgottenIds);
  raise(metrics.divergences, base.divergences);
}

function raise(counter: Counter, to: number): void {
  counter.inc(to - counter.value);
}

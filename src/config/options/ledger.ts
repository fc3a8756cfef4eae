import type { OptionTable } from "../option.ts";
import { absolutePath, wholeNumber } from "../parsers.ts";

/** What is kept of nodes that are gone. `undefined`: not set, and no default of its own. */
export interface LedgerOptions {
  readonly ledgerFile: string | undefined;
  readonly foldAfterMs: number;
  readonly hideAfterMs: number;
  readonly ledgerCellsMax: number;
}

/** A row for each of {@linkcode LedgerOptions}. */
export const LEDGER_OPTIONS: OptionTable<LedgerOptions> = {
  ledgerFile: {
    env: "LEDGER_FILE",
    parse: absolutePath,
    default: undefined,
    defaultDoc: "none: when all nodes end at once, totals begin at zero again",
    doc:
      "A file of this node alone that keeps the totals over a restart of all nodes, written every " +
      "10 s, soon after each merged scrape, and at the end. deno task start and the image may write " +
      "below /var/lib/muster alone.",
  },
  foldAfterMs: {
    env: "LEDGER_FOLD_AFTER_MS",
    parse: wholeNumber(1_000, 86_400_000),
    default: 900_000,
    doc: "After how long the last values of a node that is gone are added to one sum with others.",
  },
  hideAfterMs: {
    env: "LEDGER_HIDE_AFTER_MS",
    parse: wholeNumber(60_000, 31_536_000_000),
    default: 86_400_000,
    doc:
      "After how long a series that no living node has is no longer shown. It comes back with its " +
      "total.",
  },
  ledgerCellsMax: {
    env: "LEDGER_CELLS_MAX",
    parse: wholeNumber(1_000, 100_000_000),
    default: 2_000_000,
    doc:
      "Numbers that the sum of all nodes that are gone may have; beyond, series that nobody alive " +
      "has are forgotten, and counted.",
  },
};

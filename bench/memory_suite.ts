import { atMost, PROM_CLIENT } from "./bars.ts";
import { type Outcome, type Spread, spread } from "./comparison.ts";

const PROCESSES = 3;
/** Bytes for each sample. */
const BYTES_MAX = 40;
/** 96 MB. */
const DEPARTED_MIB_MAX = 91.5;
const FOLDED_MIB_MAX = 2;
const LIMIT = `the limit of ${BYTES_MAX}`;

/** What registries take for each sample, every time in a fresh process. */
export function memory(): Outcome[] {
  return [{
    title:
      "heap and external bytes a sample, 10,000 label sets × (counter + 11-bucket histogram), " +
      "after a scrape",
    unit: "bytes",
    spreads: [
      measured("Muster", "muster"),
      measured(PROM_CLIENT, PROM_CLIENT),
      spread(LIMIT, [BYTES_MAX]),
    ],
    bars: [{ against: LIMIT, kind: "within", times: 1 }],
    note: "Without the exposition itself.",
  }, ...ledgerMemory()];
}

/** What incarnations take that are gone. */
function ledgerMemory(): Outcome[] {
  const [apart, folded] = outputOf("ledger_memory.ts").split(" ").map(Number);
  const title = "memory of 500 departed incarnations × 15k samples";
  return [
    {
      title: `${title}, kept by themselves`,
      unit: "MiB",
      spreads: [spread("Muster", [apart!])],
      bars: [atMost(DEPARTED_MIB_MAX)],
      note: "Each made its series in another order and at another second, so no layout is shared.",
    },
    {
      title: `${title}, folded`,
      unit: "MiB",
      spreads: [spread("Muster", [folded!])],
      bars: [atMost(FOLDED_MIB_MAX)],
    },
  ];
}

function outputOf(script: string, ...args: readonly string[]): string {
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--v8-flags=--expose-gc", new URL(script, import.meta.url).href, ...args],
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

function measured(name: string, registry: string): Spread {
  return spread(
    name,
    Array.from({ length: PROCESSES }, () => Number(outputOf("memory.ts", registry))),
  );
}

import { PROM_CLIENT } from "./bars.ts";
import { type Outcome, type Spread, spread } from "./comparison.ts";

const PROCESSES = 3;
/** Bytes for each sample. */
const BYTES_MAX = 40;
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
  }];
}

function measured(name: string, registry: string): Spread {
  const script = new URL("memory.ts", import.meta.url).href;
  return spread(
    name,
    Array.from({ length: PROCESSES }, () => {
      const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--v8-flags=--expose-gc", script, registry],
      }).outputSync();
      if (!success) throw new Error(new TextDecoder().decode(stderr));
      return Number(new TextDecoder().decode(stdout));
    }),
  );
}

import { type Outcome, type Spread, spread } from "./comparison.ts";

const FLEXIBLE = "rate-limiter-flexible";
const MEGABYTES_MAX = 100;
const LIMIT = `the limit of ${MEGABYTES_MAX}`;

/** What limiters take for a million keys, each in a fresh process. */
export function limiterMemory(): Outcome[] {
  return [{
    title: "heap and external megabytes of a million IPv4 addresses, one limit",
    unit: "MB",
    spreads: [
      measured("Muster", "muster"),
      measured(FLEXIBLE, FLEXIBLE),
      spread(LIMIT, [MEGABYTES_MAX]),
    ],
    bars: [{ against: LIMIT, kind: "within", times: 1 }],
  }];
}

function measured(name: string, which: string): Spread {
  const script = new URL("limiter_memory.ts", import.meta.url).href;
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--v8-flags=--expose-gc", script, which],
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return spread(name, [Number(new TextDecoder().decode(stdout))]);
}

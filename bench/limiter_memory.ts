// Measures what a limiter takes for a million keys, in a process of its own:
// `deno run -A --v8-flags=--expose-gc bench/limiter_memory.ts muster` (or `rate-limiter-flexible`).
import { RateLimiterMemory } from "rate-limiter-flexible";
import { createLimiter } from "../src/rate_limit/create_limiter.ts";

const KEYS = 1_000_000;
const DAY_SECONDS = 86_400;

const collectGarbage = (globalThis as { readonly gc?: () => void }).gc;
if (collectGarbage === undefined) throw new Error("Run it with --v8-flags=--expose-gc");

function bytesInUse(): number {
  for (let i = 0; i < 5; i++) collectGarbage!();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** 10.0.0.0 and those after it. */
function address(i: number): string {
  return `10.${i >>> 16}.${i >>> 8 & 255}.${i & 255}`;
}

async function fill(which: string, keys: number): Promise<unknown> {
  if (which === "muster") {
    const limits = [{ limit: 100, windowMs: DAY_SECONDS * 1_000 }];
    const limiter = createLimiter({ name: "bench", limits });
    for (let i = 0; i < keys; i++) limiter.consume(address(i));
    const { keys: held, evictions } = limiter.status();
    if (held !== keys || evictions !== 0) throw new Error(`BUG: ${held} keys of ${keys} are held`);
    return limiter;
  }
  const limiter = new RateLimiterMemory({ points: 100, duration: DAY_SECONDS });
  for (let i = 0; i < keys; i++) await limiter.consume(address(i));
  return limiter;
}

const which = Deno.args[0] ?? "muster";
// Once beforehand, so that code is not counted.
await fill(which, 10);
const before = bytesInUse();
const kept = await fill(which, KEYS);
const after = bytesInUse();
if (kept === null) throw new Error("BUG: nothing was kept");
Deno.stdout.writeSync(new TextEncoder().encode(`${((after - before) / 1e6).toFixed(1)}\n`));
// Timers of the other one would keep the process for a day.
Deno.exit();

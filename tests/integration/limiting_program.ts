// What the tests of limits run as a node: src/main.ts with an app that makes limiters and loads them.
import { Hono } from "hono";
import { systemClock } from "../../src/io/clock.ts";
import { connectValkey, type Valkey } from "../../src/io/valkey.ts";
import { main } from "../../src/main.ts";
import type { Limiter, SharedLimiter } from "../../src/rate_limit/limiter.ts";
import type { FailMode } from "../../src/rate_limit/limiter_options.ts";
import type { PolicyOptions } from "../../src/rate_limit/policy.ts";
import type { Runtime } from "../../src/runtime.ts";

/** How often the event loop is looked at while it is under load. */
const LOOK_MS = 5;

/** A limiter to be made. */
export interface LimiterWish {
  readonly name: string;
  readonly limits: readonly PolicyOptions[];
  readonly scope: "local" | "split" | "shared";
  readonly storeUrl?: string;
  readonly fail?: FailMode;
  readonly deadlineMs?: number;
  readonly keysMax?: number;
}

/** Requests to be made in the node, so many at a time, until a number or a time is reached. */
export interface LoadWish {
  readonly name: string;
  readonly inFlight: number;
  readonly requests?: number;
  readonly forMs?: number;
  /** Keys that consume by turns. @default {1} */
  readonly keys?: number;
}

/** What became of them. */
export interface LoadResult {
  /** Admitted, by who decided. */
  readonly allowed: Readonly<Record<string, number>>;
  readonly limited: Readonly<Record<string, number>>;
  /** When each was admitted, by the wall clock of the machine. */
  readonly admittedAtMs: readonly number[];
  /** The longest that one waited. */
  readonly slowestMs: number;
  /** How late the event loop was at worst, whoever's fault that is. */
  readonly loopLateMs: number;
}

if (import.meta.main) Deno.exit(await main(Deno.args, createApp));

function createApp(runtime: Runtime): Hono {
  const limiters = new Map<string, Limiter | SharedLimiter>();
  const stores = new Map<string, Promise<Valkey>>();
  const storeAt = (url: string) => {
    const store = stores.get(url) ?? connectValkey({ url });
    stores.set(url, store);
    return store;
  };
  return new Hono()
    .post("/limiter", async (context) => {
      const { scope, storeUrl, ...wish } = await context.req.json<LimiterWish>();
      const limiter = scope === "shared"
        ? runtime.createLimiter({ ...wish, scope, store: await storeAt(storeUrl!) })
        : runtime.createLimiter({ ...wish, scope });
      limiters.set(wish.name, limiter);
      return context.text("made\n");
    })
    .post("/load", async (context) => {
      const wish = await context.req.json<LoadWish>();
      return context.json(await load(limiters.get(wish.name)!, wish));
    });
}

async function load(limiter: Limiter | SharedLimiter, wish: LoadWish): Promise<LoadResult> {
  const { inFlight, requests = Infinity, forMs = Infinity, keys = 1 } = wish;
  const allowed: Record<string, number> = {}, limited: Record<string, number> = {};
  const admittedAtMs: number[] = [];
  const endMs = systemClock.nowMs() + forMs;
  let made = 0, slowestMs = 0, loopLateMs = 0, isOver = false;
  const look = () => {
    const dueMs = systemClock.nowMs() + LOOK_MS;
    systemClock.after(LOOK_MS, () => {
      loopLateMs = Math.max(loopLateMs, systemClock.nowMs() - dueMs);
      if (!isOver) look();
    });
  };
  look();
  const client = async () => {
    while (made < requests && systemClock.nowMs() < endMs) {
      made++;
      const startMs = systemClock.nowMs();
      const decision = await limiter.consume(`key ${made % keys}`);
      slowestMs = Math.max(slowestMs, systemClock.nowMs() - startMs);
      const counts = decision.allowed ? allowed : limited;
      counts[decision.decidedBy] = (counts[decision.decidedBy] ?? 0) + 1;
      if (decision.allowed) admittedAtMs.push(systemClock.wallMs());
      // A node that is asked in its own memory never waits by itself.
      await new Promise<void>((resolve) => systemClock.after(0, resolve));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, client));
  isOver = true;
  return { allowed, limited, admittedAtMs, slowestMs, loopLateMs };
}

import type { Clock } from "../io/clock.ts";
import type { Random } from "../io/random.ts";
import type { Registry } from "../metrics/registry.ts";

const TICK_MS = 200;
/** Orders a second of one node, on average. */
const ORDERS_PER_SECOND = 20;
/** How long the swing of the load takes, so that gauges and rates have something to show. */
const SWING_MS = 60_000;
const PLANS = ["free", "free", "free", "team", "team", "pro"] as const;

/** The counter that the demo shows. */
export const ORDERS_METRIC = "demo_orders_total";

/** Makes up the load of a little shop until the returned function is called. */
export function startTraffic(registry: Registry, clock: Clock, random: Random): () => void {
  const orders = registry.counter({
    name: ORDERS_METRIC,
    help: "Orders that were placed, by plan.",
    labels: ["plan"],
  });
  const duration = registry.histogram({
    name: "demo_order_duration_seconds",
    help: "Time that an order took, in seconds.",
    unit: "seconds",
  });
  const carts = registry.gauge({
    name: "demo_open_carts",
    help: "Carts that are open, in all nodes together.",
    merge: "sum",
  });
  const waiting = registry.gauge({
    name: "demo_waiting_orders",
    help: "Orders that wait, in each node.",
  });
  const tick = () => {
    const swing = 1 + 0.5 * Math.sin((clock.nowMs() / SWING_MS) * 2 * Math.PI);
    const expected = ORDERS_PER_SECOND * (TICK_MS / 1000) * swing;
    const count = Math.floor(expected + random.float() * 2);
    for (let i = 0; i < count; i++) {
      orders.inc({ plan: PLANS[Math.floor(random.float() * PLANS.length)]! });
      // Most are quick and few take long, as in life.
      duration.observe(0.01 / (1 - 0.99 * random.float()));
    }
    carts.set(Math.round(30 * swing + random.float() * 5));
    waiting.set(Math.floor(random.float() * 4 * swing));
    cancel = clock.after(TICK_MS, tick);
  };
  let cancel = clock.after(0, tick);
  return () => cancel();
}

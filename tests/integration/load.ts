import type { Prometheus } from "../servers/prometheus.ts";
import { until } from "../until.ts";
import { exactSum } from "./exact_sum.ts";
import type { NodeProcess } from "./node_process.ts";

/** What one life of a node counted. */
interface Counted {
  requests: number;
  busySeconds: number;
  observations: number;
}

/** Makes nodes count, and knows exactly what they must have counted together. */
export class Load {
  readonly #counted = new Map<NodeProcess, Counted>();

  /** Whole numbers and fractions for each of the nodes. */
  async wave(nodes: readonly NodeProcess[]): Promise<void> {
    await Promise.all(nodes.map(async (node) => {
      const counted = this.#counted.get(node) ?? { requests: 0, busySeconds: 0, observations: 0 };
      this.#counted.set(node, counted);
      const requests = Math.floor(Math.random() * 1_000);
      const seconds = [0.1, 0.2, 0.7, Math.random()];
      await node.inc(requests, seconds);
      counted.requests += requests;
      for (const each of seconds) counted.busySeconds += each;
      counted.observations += seconds.length;
    }));
  }

  /** What every node, gone or not, counted together. */
  get expected(): Readonly<Record<string, number>> {
    const lives = [...this.#counted.values()];
    const sum = (of: (life: Counted) => number) => exactSum(lives.map(of));
    return {
      it_requests_total: sum((life) => life.requests),
      it_busy_seconds_total: sum((life) => life.busySeconds),
      it_latency_seconds_sum: sum((life) => life.busySeconds),
      it_latency_seconds_count: sum((life) => life.observations),
      'it_latency_seconds_bucket{le="+Inf"}': sum((life) => life.observations),
    };
  }

  /** Waits until Prometheus stores exactly what was counted. */
  async untilStored(prometheus: Prometheus, deadlineMs = 10_000): Promise<void> {
    const { expected } = this;
    let stored: Record<string, number | null> = {};
    await until(async () => {
      const values = Object.keys(expected).map(async (name) =>
        [name, await prometheus.value(name)] as const
      );
      stored = Object.fromEntries(await Promise.all(values));
      return Object.entries(expected).every(([name, value]) => Object.is(stored[name], value));
    }, {
      what: `Prometheus to store ${JSON.stringify(expected)}`,
      deadlineMs,
      everyMs: 200,
      details: () => `it stores ${JSON.stringify(stored)}`,
    });
  }
}

import { assertEquals } from "@std/assert";
import { createClusterMetrics } from "../../src/cluster/cluster_metrics.ts";
import { countedLink } from "../../src/cluster/counted_link.ts";
import type { LinkOutcome } from "../../src/cluster/peer_link.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { FakeClock } from "../fake_clock.ts";
import { EXAMPLES } from "./wire/examples.ts";

Deno.test("countedLink gives the outcome as it is, and counts and times it by its kind", async () => {
  const clock = new FakeClock();
  const metrics = createClusterMetrics(new Registry());
  const outcomes: LinkOutcome[] = [{ kind: "refused" }, { kind: "silent", reason: "x" }];
  const message = EXAMPLES["1_digest_request"]!;
  for (const outcome of outcomes) {
    const link = countedLink(
      {
        send: () => {
          clock.jump(20);
          return Promise.resolve(outcome);
        },
      },
      metrics,
      clock,
    );
    assertEquals(await link.send("10.0.0.1:1", message, 1), outcome);
    const labels = { direction: "out", outcome: outcome.kind };
    assertEquals(metrics.exchanges.labels(labels).value, 1);
    const { count, sum } = metrics.exchangeDuration.labels({ outcome: outcome.kind });
    assertEquals([count, sum], [1, 0.02]);
  }
});

import { assertEquals } from "@std/assert";
import { createClusterMetrics } from "../../src/cluster/cluster_metrics.ts";
import { countedLink } from "../../src/cluster/counted_link.ts";
import type { LinkOutcome } from "../../src/cluster/peer_link.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { EXAMPLES } from "./wire/examples.ts";

Deno.test("countedLink gives the outcome as it is, and counts it by its kind", async () => {
  const metrics = createClusterMetrics(new Registry());
  const outcomes: LinkOutcome[] = [{ kind: "refused" }, { kind: "silent", reason: "x" }];
  const message = EXAMPLES["1_digest_request"]!;
  for (const outcome of outcomes) {
    const link = countedLink({ send: () => Promise.resolve(outcome) }, metrics);
    assertEquals(await link.send("10.0.0.1:1", message, 1), outcome);
    const labels = { direction: "out", outcome: outcome.kind };
    assertEquals(metrics.exchanges.labels(labels).value, 1);
  }
});

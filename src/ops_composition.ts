import type { Hono } from "hono";
import type { Caches } from "./cache/caches.ts";
import type { ClusterMetrics } from "./cluster/cluster_metrics.ts";
import type { ClusterNode } from "./cluster/cluster_node.ts";
import type { Discovery } from "./cluster/discovery_view.ts";
import type { Config } from "./config.ts";
import { ClusterExposition } from "./http/cluster_exposition.ts";
import type { Readiness } from "./http/health_routes.ts";
import { createOpsApp } from "./http/ops_app.ts";
import type { OpsEnv } from "./http/ops_env.ts";
import { createScrapeMetrics } from "./http/scrape_metrics.ts";
import type { Clock } from "./io/clock.ts";
import type { Registry } from "./metrics/registry.ts";
import type { Limiters } from "./rate_limit/limiters.ts";
import type { Bus } from "./telemetry/bus.ts";

/** For a peer to send the body of an exchange. */
const BODY_TIMEOUT_MS = 10_000;

/** What the ops port's app is made of. */
export interface OpsParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly discovery: Discovery;
  readonly node: ClusterNode;
  readonly bus: Bus;
  readonly registry: Registry;
  readonly metrics: ClusterMetrics;
  readonly caches: Caches;
  readonly limiters: Limiters;
  readonly readiness: () => Readiness;
  /** Called for each merged answer that is shown. */
  readonly onShown: () => void;
  /** Aborted when the node has said goodbye. */
  readonly ending: AbortSignal;
}

/** Makes the app of the ops port. */
export function composeOps(parts: OpsParts): Hono<OpsEnv> {
  const { config, clock, discovery, node, bus, registry, metrics, readiness, ending } = parts;
  const { onShown } = parts;
  return createOpsApp({
    auth: config.metricsAuth,
    readiness,
    exchange: {
      node,
      clock,
      discovery,
      metrics,
      secrets: config.clusterSecrets,
      bodyBytesMax: config.exchangeBodyBytesMax,
      bodyTimeoutMs: BODY_TIMEOUT_MS,
    },
    events: { node, bus, signal: ending },
    caches: parts.caches,
    limiters: parts.limiters,
    metrics: config.metricsEnabled
      ? {
        exposition: new ClusterExposition(node, metrics, {
          hasCreated: config.createdSamples,
          metricChanges: config.metricChanges,
          onShown,
        }),
        metrics: createScrapeMetrics(registry),
        path: config.metricsPath,
        scrapeTimeoutMs: config.scrapeTimeoutMs,
      }
      : null,
  });
}

import { Hono } from "hono";
import { type AuthPolicy, requireAuth } from "./auth.ts";
import { ClusterExplanation } from "./cluster_explanation.ts";
import type { Caches } from "../cache/caches.ts";
import { cachesRoute } from "./caches_route.ts";
import { eventsRoute, type EventsRouteOptions } from "./events_route.ts";
import { exchangeRoute, type ExchangeRouteOptions } from "./exchange_route.ts";
import { explainRoute } from "./explain_route.ts";
import { healthRoutes, type Readiness } from "./health_routes.ts";
import { limitsRoute } from "./limits_route.ts";
import { metricsRoutes, type MetricsRoutesOptions } from "./metrics_routes.ts";
import { notFound } from "./not_found.ts";
import { rethrow } from "./rethrow.ts";
import type { Limiters } from "../rate_limit/limiters.ts";
import type { OpsEnv } from "./ops_env.ts";
import { topologyRoutes } from "./topology_routes.ts";

/** What the ops port serves. */
export interface OpsAppOptions {
  readonly auth: AuthPolicy;
  readonly readiness: () => Readiness;
  readonly exchange: ExchangeRouteOptions;
  readonly events: EventsRouteOptions;
  readonly caches: Caches;
  readonly limiters: Limiters;
  /** Null where metrics are switched off: then their path is not found. */
  readonly metrics: MetricsRoutesOptions | null;
}

/**
 * The app of the ops port. Health is open to everybody, exchanges are admitted by their own rule, and
 * the rest is behind the configured authentication.
 */
export function createOpsApp(options: OpsAppOptions): Hono<OpsEnv> {
  const app = new Hono<OpsEnv>();
  app.route("/", healthRoutes(options.readiness));
  app.route("/", exchangeRoute(options.exchange));
  app.use(requireAuth(options.auth));
  app.route("/", topologyRoutes(options.exchange.node, () => options.limiters.topLimited()));
  app.route("/", eventsRoute(options.events));
  app.route("/", cachesRoute(options.caches));
  app.route("/", limitsRoute(options.limiters));
  if (options.metrics !== null) {
    app.route("/", metricsRoutes(options.metrics));
    const explanation = new ClusterExplanation(options.exchange.node);
    app.route("/", explainRoute({ explanation, timeoutMs: options.metrics.scrapeTimeoutMs }));
  }
  app.notFound(notFound(app));
  app.onError(rethrow);
  return app;
}

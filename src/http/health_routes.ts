import { Hono } from "hono";
import type { OpsEnv } from "./ops_env.ts";

/** Whether this process is ready, and why. */
export interface Readiness {
  readonly ready: boolean;
  readonly reason: string;
}

/**
 * `GET /healthz`: this process answers. `GET /readyz`: it may get traffic. Neither ever turns back
 * because of peers: a pod that leaves the service because another one is ill takes more down with it.
 */
export function healthRoutes(readiness: () => Readiness): Hono<OpsEnv> {
  return new Hono<OpsEnv>()
    .get("/healthz", (context) => context.text("ok\n"))
    .get("/readyz", (context) => {
      const { ready, reason } = readiness();
      return context.text(`${reason}\n`, ready ? 200 : 503);
    });
}

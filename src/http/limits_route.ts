import { Hono } from "hono";
import type { Limiters } from "../rate_limit/limiters.ts";
import type { OpsEnv } from "./ops_env.ts";

/** `GET /cluster/limits`: this node's limiters, what it may admit of each limit, and why. */
export function limitsRoute(limiters: Limiters): Hono<OpsEnv> {
  return new Hono<OpsEnv>().get("/cluster/limits", (context) => context.json(limiters.status()));
}

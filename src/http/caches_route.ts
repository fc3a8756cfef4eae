import { Hono } from "hono";
import type { Caches } from "../cache/caches.ts";
import type { OpsEnv } from "./ops_env.ts";

/**
 * `GET /cluster/caches`: this node's caches in numbers, how far it has every node's invalidations, and
 * who owns keys.
 */
export function cachesRoute(caches: Caches): Hono<OpsEnv> {
  return new Hono<OpsEnv>().get("/cluster/caches", (context) => context.json(caches.status()));
}

import { Hono } from "hono";
import type { ClusterNode } from "../cluster/cluster_node.ts";
import { topologyOf } from "../cluster/topology.ts";
import type { LimitedKey } from "../rate_limit/limiters.ts";
import type { OpsEnv } from "./ops_env.ts";

/**
 * `GET /cluster/topology`, the cluster as this node sees it, with the keys that this node's limiters
 * refuse most, and one node of it by name.
 */
export function topologyRoutes(
  node: ClusterNode,
  topLimited: () => readonly LimitedKey[] = () => [],
): Hono<OpsEnv> {
  return new Hono<OpsEnv>()
    .get("/cluster/topology", (context) => {
      return context.json({ ...topologyOf(node), topLimited: topLimited() });
    })
    .get("/cluster/topology/:node", (context) => {
      const wanted = context.req.param("node");
      const { self, atMs, members, departed } = topologyOf(node);
      const lives = [...members, ...departed].filter(({ id }) => id === wanted);
      if (lives.length > 0) return context.json({ self, atMs, lives });
      const known = members.slice(0, 20).map(({ id }) => id).join(", ");
      const error = `No node is called ${JSON.stringify(wanted)}: this node knows ${known}.`;
      return context.json({ error }, 404);
    });
}

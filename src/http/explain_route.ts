import { Hono } from "hono";
import type { ClusterExplanation } from "./cluster_explanation.ts";
import { parseExplainQuery } from "./explain_query.ts";
import type { OpsEnv } from "./ops_env.ts";

/** What the route of explanations works with. */
export interface ExplainRouteOptions {
  readonly explanation: Pick<ClusterExplanation, "explain">;
  /** How long nodes are waited for. */
  readonly timeoutMs: number;
}

/**
 * `GET /cluster/explain?name=…&label=<name>:<value>`: what each incarnation gives to the merged
 * samples of a name, and their exact sum. `label` may be repeated; `le` chooses buckets.
 */
export function explainRoute({ explanation, timeoutMs }: ExplainRouteOptions): Hono<OpsEnv> {
  return new Hono<OpsEnv>().get("/cluster/explain", async (context) => {
    const query = parseExplainQuery(new URL(context.req.url).searchParams);
    if ("problem" in query) return context.json({ error: query.problem }, 400);
    const explained = await explanation.explain(query, timeoutMs);
    if (explained.kind === "explained") return context.json(explained.explanation);
    return context.json({ error: explained.reason }, explained.kind === "unknown" ? 404 : 400);
  });
}

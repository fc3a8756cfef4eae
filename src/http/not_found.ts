import type { Context, Env, Hono } from "hono";

/** Answers what no route of an app takes: 405 where it is the method alone, and 404. */
export function notFound<E extends Env>(app: Hono<E>): (context: Context<E>) => Response {
  return (context) => {
    const { path, method } = context.req;
    // Middleware counts as a route for all methods.
    const methods = app.routes.filter((route) => route.path === path && route.method !== "ALL")
      .map((route) => route.method);
    if (methods.length === 0) return context.text(`Nothing is at ${path}.\n`, 404);
    const allowed = [...new Set(methods)].flatMap((each) =>
      each === "GET" ? [each, "HEAD"] : [each]
    )
      .join(", ");
    return context.text(`${path} takes ${allowed}: received ${method}.\n`, 405, { allow: allowed });
  };
}

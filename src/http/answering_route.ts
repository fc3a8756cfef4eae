import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import { findTargetHandler, isMiddleware } from "hono/utils/handler";

/** A route that matched. */
export type Route = Readonly<ReturnType<typeof matchedRoutes>[number]>;

/** What is kept of a route that passes requests on. */
const PASSES_ON = "";

/**
 * Makes a function that tells, as `spell` does, the route whose handler answers a request, to a middleware
 * before it or after it, or to the handler itself; `none` where not even a middleware is registered for
 * it. Hono keeps both in one list and knows who answers only once it has; so it is the first route from
 * here on that is not there to pass requests on, and where all are, as before the answer 404, the last.
 */
export function answeringRoute(
  spell: (route: Route) => string,
  none: string,
): (context: Context) => string {
  // Of each route once: a text that is kept is not put together, or hashed by who looks it up, again.
  const kept = new WeakMap<Route, string>();
  const keep = (route: Route): string => {
    const text = passesOn(route) ? PASSES_ON : spell(route);
    kept.set(route, text);
    return text;
  };
  return (context) => {
    const routes = matchedRoutes(context);
    for (let i = context.req.routeIndex; i < routes.length; i++) {
      const text = kept.get(routes[i]!) ?? keep(routes[i]!);
      if (text !== PASSES_ON) return text;
    }
    return routes.length === 0 ? none : spell(routes.at(-1)!);
  };
}

/**
 * What takes `next` may answer itself, as one that serves files, or upgrades to a WebSocket; it is taken
 * for a handler where it stands for one method and no wildcard.
 */
function passesOn({ method, path, handler }: Route): boolean {
  return (method === "ALL" || path.endsWith("*")) && isMiddleware(findTargetHandler(handler));
}

import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import { findTargetHandler, isMiddleware } from "hono/utils/handler";

type Route = Readonly<ReturnType<typeof matchedRoutes>[number]>;

/** Of a request that not even a middleware is registered for. */
const NO_ROUTE = "ALL *";
/** What is kept of a route that passes requests on. */
const PASSES_ON = "";

/**
 * Makes a function that gives the route whose handler answers a request, as `GET /users/:id`, to a
 * middleware before it or to the handler itself. Hono keeps both in one list and knows who answers only
 * once it has; so it is the first route from here on that is not there to pass requests on, and where all
 * are, as before the answer 404, the last.
 */
export function answeringRoute(): (context: Context) => string {
  // Of each route once: a text that is kept is not put together, or hashed by who looks it up, again.
  const kept = new WeakMap<Route, string>();
  const keep = (route: Route): string => {
    const text = passesOn(route) ? PASSES_ON : spelled(route);
    kept.set(route, text);
    return text;
  };
  return (context) => {
    const routes = matchedRoutes(context);
    for (let i = context.req.routeIndex; i < routes.length; i++) {
      const text = kept.get(routes[i]!) ?? keep(routes[i]!);
      if (text !== PASSES_ON) return text;
    }
    return routes.length === 0 ? NO_ROUTE : spelled(routes.at(-1)!);
  };
}

/**
 * What takes `next` may answer itself, as one that serves files, or upgrades to a WebSocket; it is taken
 * for a handler where it stands for one method and no wildcard.
 */
function passesOn({ method, path, handler }: Route): boolean {
  return (method === "ALL" || path.endsWith("*")) && isMiddleware(findTargetHandler(handler));
}

function spelled({ method, path }: Route): string {
  return `${method} ${path}`;
}

import type { Context } from "hono";
import type { LimitedContext } from "./limit_keys.ts";

/** What of a context is the request's, and not its answer's. */
const SHARED: ReadonlySet<string | symbol> = new Set([
  "env",
  "error",
  "event",
  "executionCtx",
  "get",
  "req",
  "set",
  "var",
]);

/**
 * A Hono context whose answer is nobody's: status, headers and responses that are set or made through it
 * leave those of `context` alone. The request, and what is kept for it with `set`, are the same. A
 * renderer or an answer for what is not found that the app has chosen are not known to it.
 */
export function trialContext<C extends LimitedContext>(context: C): C {
  const { constructor, req } = context as unknown as Context;
  const aside = new (constructor as typeof Context)(req.raw);
  // Hono's contexts keep what they are in private fields, which are read through themselves alone.
  const ownerOf = (name: string | symbol): object =>
    SHARED.has(name) || !(name in aside) ? context : aside;
  return new Proxy(context, {
    get: (_, name) => Reflect.get(ownerOf(name), name),
    set: (_, name, value) => Reflect.set(ownerOf(name), name, value),
  });
}

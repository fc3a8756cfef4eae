import { Hono } from "hono";
import type { Muster } from "../../src/start_muster.ts";

/** The bound of the cache `bounded`. */
export const BOUND_MS = 2_000;

/**
 * What the integration tests ask the caches `plain` and `bounded` of a node: `PUT /cache/:name/:key`
 * with a value, `GET` for it, 404 where there is none, and `POST /cache/:name/:key/invalidate`.
 */
export function createCacheApp(muster: Pick<Muster, "createCache">): Hono {
  const options = { maxEntries: 1_000, onTopology: "keep" } as const;
  const caches = {
    plain: muster.createCache<string>({ ...options, name: "plain" }),
    bounded: muster.createCache<string>({ ...options, name: "bounded", staleMsMax: BOUND_MS }),
  };
  const cacheOf = (name: string) => caches[name as keyof typeof caches];
  return new Hono()
    .put("/cache/:name/:key", async (context) => {
      const { name, key } = context.req.param();
      cacheOf(name).set(key, await context.req.text());
      return context.text("kept\n");
    })
    .get("/cache/:name/:key", (context) => {
      const { name, key } = context.req.param();
      const value = cacheOf(name).get(key);
      return value === undefined ? context.text("", 404) : context.text(value);
    })
    .post("/cache/:name/:key/invalidate", async (context) => {
      const { name, key } = context.req.param();
      return context.json(await cacheOf(name).invalidate(key));
    });
}

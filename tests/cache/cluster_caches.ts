import type { Cache } from "../../src/cache/cache.ts";
import type { CacheOptions } from "../../src/cache/cache_options.ts";
import { SimulatedCluster } from "../cluster/simulated_cluster.ts";
import type { SimulatedNode } from "../cluster/simulated_node.ts";

/** A node and its cache called `users`. */
export interface Member {
  readonly node: SimulatedNode;
  readonly users: Cache<string>;
}

/** A cluster that has settled, with a cache on each node. */
export async function clusterOfCaches(
  count: number,
  options: Partial<CacheOptions<string>> = {},
): Promise<{ readonly cluster: SimulatedCluster; readonly members: Member[] }> {
  const names = Array.from({ length: count }, (_, i) => `web-${i}`);
  const { cluster, nodes } = await SimulatedCluster.of(names);
  const members = nodes.map((node) => withCache(node, options));
  await cluster.run(2_000);
  return { cluster, members };
}

/** Gives a node its cache. */
export function withCache(
  node: SimulatedNode,
  options: Partial<CacheOptions<string>> = {},
): Member {
  return {
    node,
    users: node.caches.create<string>({ name: "users", maxEntries: 1_000, ...options }),
  };
}

/** Fills every cache with the same entries. */
export function fill(members: readonly Member[], keys: readonly string[]): void {
  for (const { users } of members) for (const key of keys) users.set(key, `old ${key}`);
}

/** Which members still serve a key. */
export function serving(members: readonly Member[], key: string): string[] {
  return members.filter(({ users }) => users.get(key) !== undefined).map(({ node }) => node.name);
}

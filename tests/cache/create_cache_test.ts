import { assertEquals, assertThrows } from "@std/assert";
import { createCache, type LocalCacheOptions } from "../../src/cache/create_cache.ts";
import { LocalHost } from "./local_host.ts";

const OPTIONS = { name: "users", maxEntries: 10, ttlMs: 1_000 };

Deno.test("createCache takes the clock and the bus that it is given", () => {
  const { clock, bus } = new LocalHost();
  const sizes: unknown[] = [];
  bus.attach("muster.cache.size", (_, { entries }) => sizes.push(entries));
  const cache = createCache<string>(OPTIONS, { clock, bus });
  cache.set("a", "1");
  cache.tell();
  clock.jump(1_000);
  assertEquals([cache.get("a"), sizes], [undefined, [1]]);
});

Deno.test("createCache refuses a clock and a bus that are none in one sentence", () => {
  const cases: [unknown, string][] = [
    [null, "what it is given besides must be an object with clock, bus or neither: received null"],
    [{ clock: {} }, "clock must be one with nowMs() and after(): received {}"],
    [
      { clock: null, bus: 5 },
      "clock must be one with nowMs() and after(): received null; " +
      "bus must be one with emit(), such as muster.bus: received 5",
    ],
  ];
  for (const [local, problems] of cases) {
    assertThrows(
      () => createCache(OPTIONS, local as LocalCacheOptions),
      TypeError,
      `Cannot create a cache: ${problems}`,
    );
  }
});

import { assert, assertEquals } from "@std/assert";
import type { InvalidationReach } from "../../src/cluster/invalidation_push.ts";
import { systemClock } from "../../src/io/clock.ts";
import { until } from "../until.ts";
import { BOUND_MS } from "./cache_app.ts";
import { HeadlessService } from "./headless_service.ts";
import type { NodeProcess } from "./node_process.ts";

/** Five times as fast as the default. */
const TIMES = {
  CLUSTER_HEARTBEAT_MS: "200",
  CLUSTER_SUSPECT_AFTER_MS: "1000",
  CLUSTER_DOWN_AFTER_MS: "2000",
};
const CACHES = ["plain", "bounded"] as const;
type CacheName = typeof CACHES[number];

async function put(node: NodeProcess, cache: CacheName, key: string): Promise<void> {
  const response = await fetch(`${node.appUrl}/cache/${cache}/${key}`, {
    method: "PUT",
    body: "old",
  });
  assertEquals(await response.text(), "kept\n");
}

async function has(node: NodeProcess, cache: CacheName, key: string): Promise<boolean> {
  const response = await fetch(`${node.appUrl}/cache/${cache}/${key}`);
  await response.body?.cancel();
  assert(response.status === 200 || response.status === 404, `${response.status}`);
  return response.status === 200;
}

async function invalidate(
  node: NodeProcess,
  cache: CacheName,
  key: string,
): Promise<InvalidationReach> {
  const response = await fetch(`${node.appUrl}/cache/${cache}/${key}/invalidate`, {
    method: "POST",
  });
  return await response.json();
}

async function three(stack: AsyncDisposableStack): Promise<NodeProcess[]> {
  const service = stack.use(await HeadlessService.start());
  const places = {
    "pod-1": service.place(121),
    "pod-2": service.place(122),
    "pod-3": service.place(123),
  };
  await service.list(places);
  const nodes = await Promise.all(
    Object.entries(places).map(async ([name, place]) =>
      stack.use(await service.startNode(name, place, TIMES))
    ),
  );
  for (const node of nodes) {
    for (const name of Object.keys(places)) await node.untilSeen(name, ["up"], 10_000);
  }
  await until(async () => {
    const ages = await Promise.all(nodes.map(async (node) => {
      const { invalidations } = JSON.parse(await node.get("/cluster/caches"));
      return invalidations.vouchedAgeMs;
    }));
    return ages.every((age) => age !== null && age < BOUND_MS);
  }, { what: "all to vouch for their caches" });
  return nodes;
}

Deno.test("What one process invalidates is gone from all others when it has been told so", async () => {
  await using stack = new AsyncDisposableStack();
  const nodes = await three(stack);
  const took: number[] = [];
  for (let round = 0; round < 10; round++) {
    for (const cache of CACHES) {
      for (const node of nodes) {
        await put(node, cache, "a");
        await put(node, cache, "b");
      }
      const startMs = systemClock.nowMs();
      assertEquals(await invalidate(nodes[round % 3]!, cache, "a"), { confirmed: 2, missed: [] });
      took.push(systemClock.nowMs() - startMs);
      for (const node of nodes) {
        assertEquals([await has(node, cache, "a"), await has(node, cache, "b")], [false, true]);
      }
    }
  }
  // A round is 200 ms: it was pushed, not fetched.
  assert(took.toSorted((a, b) => a - b)[took.length >> 1]! < 150, `${took}`);
});

Deno.test("A process that was stopped serves nothing old when it goes on, and one that was killed leaves nothing behind", async () => {
  await using stack = new AsyncDisposableStack();
  const [one, two, frozen] = await three(stack);
  const nodes = [one!, two!, frozen!];
  for (const node of nodes) await put(node, "bounded", "a");
  for (const node of nodes) await put(node, "plain", "a");
  frozen!.pause();
  try {
    for (const cache of CACHES) {
      const { confirmed, missed } = await invalidate(one!, cache, "a");
      assertEquals([confirmed, missed], [1, [new URL(frozen!.opsUrl).host]]);
      assertEquals(await has(two!, cache, "a"), false);
    }
    // Neither can rule out that the stopped one goes on writing elsewhere, behind a partition.
    const startMs = systemClock.nowMs();
    await put(two!, "bounded", "b");
    await until(async () => !await has(two!, "bounded", "b"), { what: "b to be too old" });
    const passedMs = systemClock.nowMs() - startMs;
    assert(passedMs > BOUND_MS / 2 && passedMs < BOUND_MS + 1_000, `${passedMs}`);
    await put(two!, "bounded", "c");
    assertEquals(await has(two!, "bounded", "c"), true);
  } finally {
    frozen!.resume();
  }
  assertEquals(await has(frozen!, "bounded", "a"), false, "the first answer after it woke");
  await until(async () => !await has(frozen!, "plain", "a"), { what: "the other cache to hear" });
  await until(() => has(two!, "bounded", "b"), { what: "b to be vouched for again" });

  for (const node of nodes) for (const cache of CACHES) await put(node, cache, "d");
  const told = await Promise.all(CACHES.map((cache) => invalidate(one!, cache, "d")));
  assertEquals(told.map(({ confirmed }) => confirmed), [2, 2]);
  await one!.kill();
  for (const node of [two!, frozen!]) {
    for (const cache of CACHES) assertEquals(await has(node, cache, "d"), false);
    await put(node, "bounded", "e");
  }
  await two!.untilSeen("pod-1", ["down"], 10_000);
  const sinceMs = systemClock.nowMs();
  await until(() => systemClock.nowMs() - sinceMs > BOUND_MS + 500, { what: "the bound to pass" });
  for (const node of [two!, frozen!]) {
    await until(() => has(node, "bounded", "e"), { what: "a dead process to hold up nobody" });
  }
});

import { assert, assertEquals } from "@std/assert";
import { greatestExcess } from "../rate_limit/arrivals.ts";
import { until } from "../until.ts";
import { LimitingNode } from "./limiting_node.ts";

const LIMIT = 300;
const WINDOW_MS = 2_000;
/** Between a decision and the reading of the clock that tells of it. */
const LATE_MS = 50;
const ALGORITHMS = ["gcra", "sliding_window"] as const;

Deno.test("nodes that share a limit never admit more than its bound together, while they come and go", async () => {
  const ports = LimitingNode.ports(5);
  const admitted = { gcra: [] as number[], sliding_window: [] as number[] };
  await using stack = new AsyncDisposableStack();

  const start = async (port: number) => {
    const node = stack.use(await LimitingNode.start(port, ports));
    for (const algorithm of ALGORITHMS) {
      const limits = [{ limit: LIMIT, windowMs: WINDOW_MS, algorithm }];
      await node.limit({ name: algorithm, limits, scope: "split" });
    }
    let isLoaded = true;
    const loaded = Promise.all(ALGORITHMS.map(async (name) => {
      // In pieces, so that little is unknown of a node that is killed after one.
      while (isLoaded) {
        const { admittedAtMs } = await node.load({ name, inFlight: 4, forMs: 100 });
        admitted[name].push(...admittedAtMs);
      }
    }));
    // Told by `end`, unless the test has failed before.
    loaded.catch(() => {});
    const end = async () => {
      isLoaded = false;
      await loaded;
    };
    return { node, end };
  };
  const share = async ({ node }: { readonly node: LimitingNode }) => {
    const { limiters } = await node.limits();
    return limiters.map(({ policies: [policy] }) => policy!.share);
  };
  const untilShared = async (nodes: readonly { readonly node: LimitingNode }[]) => {
    let shares: number[][] = [];
    await until(async () => {
      shares = await Promise.all(nodes.map(share));
      return [0, 1].every((i) => shares.reduce((sum, one) => sum + one[i]!, 0) === LIMIT);
    }, { what: "the shares to add up", deadlineMs: 40_000, details: () => JSON.stringify(shares) });
  };

  const [a, b, c] = await Promise.all([ports[0]!, ports[1]!, ports[2]!].map(start));
  await untilShared([a!, b!, c!]);
  const [d, e] = await Promise.all([ports[3]!, ports[4]!].map(start));
  await untilShared([a!, b!, c!, d!, e!]);
  await a!.end();
  await a!.node.process.kill();
  await b!.end();
  await b!.node.process.terminate();
  await untilShared([c!, d!, e!]);
  const again = await start(ports[0]!);
  await untilShared([c!, d!, e!, again]);
  // One stands still until the others have its share, and wakes up in the middle of its work.
  d!.node.process.pause();
  await untilShared([c!, e!, again]);
  d!.node.process.resume();
  await untilShared([c!, d!, e!, again]);
  await Promise.all([c!, d!, e!, again].map(({ end }) => end()));

  const sorted = ALGORITHMS.map((name) =>
    admitted[name].toSorted((a, b) => a - b).map((ms) => ({ ms, cost: 1 }))
  );
  const [bucket, window] = sorted as [typeof sorted[0], typeof sorted[0]];
  const overBucket = greatestExcess(
    bucket,
    (ms) => LIMIT + LIMIT * (ms + LATE_MS) / WINDOW_MS,
  );
  const overWindow = greatestExcess(
    window,
    (ms) => ms + LATE_MS < WINDOW_MS ? LIMIT : Infinity,
  );
  assert(overBucket <= 0, `${overBucket} too many`);
  assert(overWindow <= 0, `${overWindow} too many`);
  // And what may be used was used, or the bound would be no feat.
  assert(bucket.length > 2 * LIMIT && window.length > LIMIT, `${bucket.length}, ${window.length}`);
});

Deno.test("GET /cluster/limits says what a node may admit of each limit, and why", async () => {
  const [port] = LimitingNode.ports(1);
  await using node = await LimitingNode.start(port!, [port!]);
  const limits = [{ limit: 10, windowMs: 1_000 }, { limit: 1_000, windowMs: 86_400_000 }];
  await node.limit({ name: "mine", limits, scope: "local" });
  await node.limit({ name: "ours", limits: [{ limit: 3, windowMs: 60_000 }], scope: "split" });
  await node.load({ name: "ours", inFlight: 1, requests: 8, keys: 2 });
  const status = await node.limits();
  assertEquals([status.nodes, status.rank], [1, 0]);
  const [mine, ours] = status.limiters;
  assertEquals(mine!.policies.map(({ name, share }) => [name, share]), [["1s", 10], ["1d", 1_000]]);
  assertEquals(mine!.policies[0]!.why, "each node has the whole limit for itself");
  assertEquals([ours!.policies[0]!.share, ours!.policies[0]!.why], [3, "this node is alone"]);
  assertEquals([ours!.allowed, ours!.limited, ours!.keys, ours!.evictions], [6, 2, 2, 0]);
  assertEquals(ours!.topLimited.map(({ limited }) => limited), [1, 1]);
  assert(ours!.topLimited.every(({ hash }) => /^[0-9a-f]{16}$/.test(hash)));
  const { topLimited } = JSON.parse(await node.process.get("/cluster/topology"));
  assertEquals(topLimited.map(({ limit }: { limit: string }) => limit), ["ours", "ours"]);
});

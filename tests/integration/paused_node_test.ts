import { assertEquals } from "@std/assert";
import { HeadlessService } from "./headless_service.ts";
import { Load } from "./load.ts";
import { sampleOf } from "./running_node.ts";
import { until } from "../until.ts";

/** Five times as fast as the default. */
const TIMES = {
  CLUSTER_HEARTBEAT_MS: "200",
  CLUSTER_SUSPECT_AFTER_MS: "1000",
  CLUSTER_DOWN_AFTER_MS: "2000",
};

Deno.test("A node that was frozen blames nobody, comes back as itself, and nothing is lost or counted twice", async () => {
  await using stack = new AsyncDisposableStack();
  const service = stack.use(await HeadlessService.start());
  const places = {
    "pod-1": service.place(111),
    "pod-2": service.place(112),
    "pod-3": service.place(113),
  };
  await service.list(places);
  const [one, two, frozen] = await Promise.all(
    Object.entries(places).map(async ([name, place]) =>
      stack.use(await service.startNode(name, place, TIMES))
    ),
  );
  const load = new Load();
  const everyNode = [one!, two!, frozen!];
  for (const node of everyNode) {
    for (const name of Object.keys(places)) await node.untilSeen(name, ["up"], 10_000);
  }
  const untilExact = (node: typeof everyNode[number], what: string) =>
    until(async () => {
      const text = await node.get("/metrics");
      return Object.entries(load.expected).every(([series, value]) =>
        sampleOf(text, series) === value
      );
    }, { what, deadlineMs: 10_000, details: () => node.log });
  await load.wave(everyNode);
  await untilExact(one!, "the sum of all three");
  frozen!.pause();
  try {
    await one!.untilSeen("pod-3", ["down"], 5_000);
    await load.wave([one!, two!]);
    await untilExact(one!, "the sum while one is frozen");
  } finally {
    frozen!.resume();
  }
  for (const node of everyNode) {
    for (const name of Object.keys(places)) await node.untilSeen(name, ["up"], 5_000);
  }
  await load.wave(everyNode);
  for (const node of everyNode) await untilExact(node, "the sum after the frozen one woke");
  const kinds = new Set((await frozen!.events()).map(({ kind }) => kind));
  assertEquals([...kinds].sort(), ["joining", "up"]);
  const told = (await one!.events()).filter(({ node }) => node === "pod-3")
    .map(({ kind }) => kind);
  assertEquals(told, ["joining", "up", "suspect", "down", "recovered"]);
});

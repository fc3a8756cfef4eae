import { assertEquals } from "@std/assert";
import { until } from "../until.ts";
import { FallWatch } from "./fall_watch.ts";
import { HeadlessService } from "./headless_service.ts";
import { Load } from "./load.ts";
import type { NodeProcess } from "./node_process.ts";
import { sampleOf } from "./running_node.ts";

Deno.test("No counter falls on any node while all of them are restarted one after another", async () => {
  await using stack = new AsyncDisposableStack();
  const service = stack.use(await HeadlessService.start());
  const places = {
    "pod-1": service.place(101),
    "pod-2": service.place(102),
    "pod-3": service.place(103),
  };
  await service.list(places);
  const nodes = new Map<string, NodeProcess>();
  const start = async (name: keyof typeof places) => {
    nodes.set(name, stack.use(await service.startNode(name, places[name])));
  };
  const names = Object.keys(places) as (keyof typeof places)[];
  await Promise.all(names.map(start));
  const load = new Load();
  const watch = new FallWatch();
  const scrape = async (name: string, node: NodeProcess) => {
    // A node that has just begun has nothing to tell, and one that ends may be gone already.
    const text = await node.get("/metrics").catch(() => null);
    if (text !== null) watch.see(text, name);
    return text;
  };
  /** Counts on and scrapes each node in turn until all of them answer. */
  const untilAllAnswer = (what: string) =>
    until(async () => {
      await load.wave([...nodes.values()]);
      let answered = 0;
      for (const [name, node] of nodes) {
        if (await scrape(name, node) !== null) answered++;
      }
      return answered === names.length;
    }, { what, deadlineMs: 15_000 });
  await untilAllAnswer("the first three to answer");
  for (const name of names) {
    const leaver = nodes.get(name)!;
    nodes.delete(name);
    assertEquals(await leaver.terminate(), 0, leaver.log);
    await start(name);
    await untilAllAnswer(`${name} to answer again`);
  }
  for (const [name, node] of nodes) {
    const text = (await scrape(name, node))!;
    for (const [series, value] of Object.entries(load.expected)) {
      assertEquals(sampleOf(text, series), value, `${series} on ${name}`);
    }
  }
  assertEquals(watch.falls, []);
  assertEquals(watch.answers > names.length * 4, true);
});

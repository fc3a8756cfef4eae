import { assertEquals } from "@std/assert";
import { until } from "../until.ts";
import { HeadlessService } from "./headless_service.ts";
import { Load } from "./load.ts";
import type { NodeProcess } from "./node_process.ts";
import { sampleOf } from "./running_node.ts";

/** The counters of whichever node answers, asked one after another while the cluster changes. */
class Scraper {
  readonly #last = new Map<string, number>();
  /** Sentences on every counter that fell. */
  readonly falls: string[] = [];
  answers = 0;

  async scrape(name: string, node: NodeProcess): Promise<string | null> {
    // A node that has just begun has nothing to tell, and one that ends may be gone already.
    const text = await node.get("/metrics").catch(() => null);
    if (text === null) return null;
    this.answers++;
    for (const line of text.split("\n")) {
      const [, series, value] = /^(\w+_(?:total|count|bucket)\b.*|\w+_seconds_sum\b.*) (\S+)$/
        .exec(line) ?? [];
      if (series === undefined) continue;
      const last = this.#last.get(series) ?? 0;
      if (Number(value) < last) this.falls.push(`${series} on ${name}: ${last}, then ${value}`);
      this.#last.set(series, Number(value));
    }
    return text;
  }
}

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
  const scraper = new Scraper();
  /** Counts on and scrapes each node in turn until all of them answer. */
  const untilAllAnswer = (what: string) =>
    until(async () => {
      await load.wave([...nodes.values()]);
      let answered = 0;
      for (const [name, node] of nodes) {
        if (await scraper.scrape(name, node) !== null) answered++;
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
    const text = (await scraper.scrape(name, node))!;
    for (const [series, value] of Object.entries(load.expected)) {
      assertEquals(sampleOf(text, series), value, `${series} on ${name}`);
    }
  }
  assertEquals(scraper.falls, []);
  assertEquals(scraper.answers > names.length * 4, true);
});

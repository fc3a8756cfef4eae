import { assertEquals } from "@std/assert";
import type { ExemplarNews } from "../../src/cluster/exemplar_news.ts";
import { SimulatedCluster } from "./simulated_cluster.ts";

/** Two nodes that know each other, the first of which asks the second, which counts with traces. */
async function pair() {
  const { cluster, nodes } = await SimulatedCluster.of(["asker", "owner"]);
  const [asker, owner] = nodes.map(({ node }) => node);
  const hits = nodes[1]!.registry.counter({ name: "hits_total", help: "", labels: ["i"] });
  const count = (i: number, trace: string) => hits.inc({ i }, 1, { labels: { trace } });
  const { incarnation } = owner!.state.self;
  const ask = (): ExemplarNews | undefined => {
    const have = { incarnation, sinceSeq: 0, revision: 0, resume: null };
    const request = asker!.request({ kind: "own", have }, null);
    const answer = owner!.answer(request);
    asker!.exemplars.absorb(answer);
    return answer.exemplars;
  };
  const held = () =>
    [...asker!.exemplars.of(incarnation)?.values() ?? []].map((it) => it.labels.trace);
  return { cluster, nodes, asker: asker!, owner: owner!, count, ask, held, incarnation };
}

Deno.test("ExemplarExchange tells each exemplar once, and what takes its place", async () => {
  const { count, ask, held } = await pair();
  assertEquals(ask(), undefined);
  count(1, "a");
  count(2, "b");
  assertEquals(ask()?.told?.exemplars.length, 2);
  assertEquals(ask(), undefined);
  count(1, "c");
  assertEquals(ask()?.told?.exemplars.map(({ exemplar }) => exemplar.labels.trace), ["c"]);
  assertEquals(held(), ["b", "c"]);
});

Deno.test("ExemplarExchange tells the newest 1,000 at most, and keeps as many", async () => {
  const { count, ask, held } = await pair();
  for (let i = 0; i < 1_500; i++) count(i, `${i}`);
  assertEquals(ask()?.told?.exemplars.length, 1_000);
  assertEquals([held().length, held()[0], held().at(-1)], [1_000, "500", "1499"]);
  assertEquals(ask(), undefined);
  for (let i = 0; i < 10; i++) count(i, "again");
  ask();
  assertEquals([held().length, held()[0], held().at(-1)], [1_000, "510", "again"]);
});

Deno.test("ExemplarExchange tells all to who has those of an earlier life, and none to who does not ask", async () => {
  const { owner, asker, count, incarnation } = await pair();
  count(1, "a");
  const has = { incarnation: "00000000000000ff", position: 99 };
  const request = asker.request({ kind: "own", have: null }, null);
  const told = owner.answer({ ...request, exemplars: { has, told: null } }).exemplars?.told;
  assertEquals([told?.incarnation, told?.exemplars.length], [incarnation, 1]);
  const newer = asker.request({ kind: "newer" }, null);
  assertEquals([newer.exemplars, owner.answer(newer).exemplars], [undefined, undefined]);
});

Deno.test("ExemplarExchange believes nobody about another's exemplars, and forgets who is gone", async () => {
  const { cluster, nodes, asker, owner, count, ask, held, incarnation } = await pair();
  count(1, "a");
  ask();
  const answer = owner.answer(asker.request({ kind: "digest" }, null));
  const exemplar = { labels: { trace: "forged" }, value: 1, timestampMs: 1 };
  const told = { incarnation, position: 9, exemplars: [{ cell: 0, exemplar }] };
  const hello = { ...answer.hello, incarnation: "00000000000000ee" };
  asker.exemplars.absorb({ ...answer, hello, exemplars: { has: null, told } });
  assertEquals(held(), ["a"]);
  await cluster.run(2_000);
  assertEquals(held(), ["a"]);
  await cluster.settled(nodes[1]!.leave(), 5_000);
  const isForgotten = () => asker.exemplars.of(incarnation) === undefined;
  await cluster.until("the exemplars to be forgotten", isForgotten, 5_000);
});

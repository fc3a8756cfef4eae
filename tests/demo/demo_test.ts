import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { sampleSum } from "../../src/demo/sample_sum.ts";
import { ORDERS_METRIC } from "../../src/demo/traffic.ts";
import { until } from "../until.ts";
import { DemoProcess, isRunning, parentOf } from "./demo_process.ts";

/** A merged scrape that worked. */
interface Scrape {
  readonly orders: number;
  readonly answeredBy: string;
}

async function scrape(url: string): Promise<Scrape | null> {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) return null;
  const orders = sampleSum(text, ORDERS_METRIC);
  const answeredBy = response.headers.get("demo-answered-by") ?? "";
  return orders === null ? null : { orders, answeredBy };
}

async function scraped(url: string): Promise<Scrape> {
  return await until(() => scrape(url), { what: "a merged scrape", deadlineMs: 20_000 });
}

async function mergedUrl(demo: DemoProcess): Promise<string> {
  const [, url] = await demo.printed(/merged metrics\s+(http:\S+\/metrics)\n/);
  return url!;
}

async function untilGone(pids: readonly number[]): Promise<void> {
  await until(() => !pids.some(isRunning), { what: `processes ${pids} to end` });
}

Deno.test("deno task demo gives one total that never falls while nodes are killed, stopped, restarted and added, and leaves no process", async () => {
  await using demo = new DemoProcess();
  const url = await mergedUrl(demo);
  await demo.printed(/Keys: /);
  const own = [...demo.log.matchAll(/node-\d +(http:\S+\/metrics) /g)].map(([, one]) => one!);
  assertEquals(own.length, 3);

  let highest = 0;
  const check = async (): Promise<Scrape> => {
    const { orders, answeredBy } = await scraped(url);
    assert(orders >= highest, `${orders} after ${highest}, given by ${answeredBy}`);
    highest = orders;
    return { orders, answeredBy };
  };
  const ownSum = async () => {
    const texts = await Promise.all(
      own.map(async (one) => await (await fetch(`${one}/node`)).text()),
    );
    return texts.reduce((sum, text) => sum + (sampleSum(text, ORDERS_METRIC) ?? 0), 0);
  };
  await until(async () => (await check()).orders > 0 && (await ownSum()) > 0, { what: "orders" });
  const before = await ownSum();
  const { orders } = await check();
  const after = await ownSum();
  assert(before <= orders && orders <= after, `${before} <= ${orders} <= ${after}`);
  const answerers = new Set<string>();
  // The demo scrapes as well, so the turns are not ours alone.
  await until(async () => answerers.add((await check()).answeredBy).size === 3, {
    what: "each of the nodes to answer a merged scrape",
  });

  const act = async (key: string, says: RegExp) => {
    const from = demo.log.length;
    await demo.type(key);
    const match = await demo.printed(says, from);
    await check();
    return match;
  };
  const [, killed, pid] = await act("k", /Sent SIGKILL to (node-\d), process (\d+)/);
  await until(() => !isRunning(Number(pid)), { what: "the killed process to end" });
  await check();
  const [, again, newPid] = await act("r", /Started (node-\d) again, process (\d+)/);
  assertEquals(again, killed);
  assertNotEquals(newPid, pid);
  await demo.printed(new RegExp(`${killed} is up: `), demo.log.indexOf("again, process"));
  await check();
  await act("t", /The process of node-\d has ended; DNS lists it no more/);
  await act("a", /Started node-4 at 127\.0\.0\.\d+:\d+, process \d+/);
  await demo.printed(/node-4 is up: /);
  const [, falls] = await act("s", /merged +[\d,]+\n.*; it (never fell) in [\d,]+ merged scrapes/);
  assertEquals(falls, "never fell");
  await check();

  const pids = demo.nodePids;
  assertEquals(pids.length, 5);
  await demo.type("q");
  assertEquals(await demo.ended(), 0);
  await untilGone(pids);
});

Deno.test("deno task demo leaves no process after SIGTERM", async () => {
  await using demo = new DemoProcess();
  await scraped(await mergedUrl(demo));
  demo.signal("SIGTERM");
  await demo.ended();
  await untilGone(demo.nodePids);
});

Deno.test("deno task demo leaves no node when its own process is killed", async () => {
  await using demo = new DemoProcess();
  await scraped(await mergedUrl(demo));
  const pids = demo.nodePids;
  assertEquals(pids.length, 3);
  Deno.kill(parentOf(pids[0]!), "SIGKILL");
  await untilGone(pids);
  assertNotEquals(await demo.ended(), 0);
});

Deno.test("deno task demo ends by itself after --seconds, and refuses other arguments", async () => {
  await using demo = new DemoProcess("--seconds", "1");
  assertEquals(await demo.ended(), 0);
  await untilGone(demo.nodePids);
  await using wrong = new DemoProcess("--second=1");
  assertEquals(await wrong.ended(), 2);
  assert(wrong.log.includes("Usage: deno task demo [--seconds N]"), wrong.log);
});

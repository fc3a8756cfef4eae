import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { systemClock } from "../../src/io/clock.ts";
import { Prometheus } from "../servers/prometheus.ts";
import { until } from "../until.ts";
import { HalfSentRequest } from "./half_sent_request.ts";
import { HeadlessService, type Place } from "./headless_service.ts";
import { Load } from "./load.ts";
import type { NodeProcess } from "./node_process.ts";

const ROUND_MS = 1_000;
/** For processes to start and Prometheus to scrape, on a busy machine. */
const SLACK_MS = 3_000;

/** The levels that each node sets its gauges to, and what they are merged to. */
const LEVELS: Readonly<Record<string, number>> = { "pod-1": 3, "pod-2": 8, "pod-3": 4 };
const MERGED: Readonly<Record<string, number>> = { sum: 15, min: 3, max: 8, avg: 5, latest: 4 };

Deno.test("One node's /metrics is the cluster's while nodes join, crash, restart and leave", async (t) => {
  await using stack = new AsyncDisposableStack();
  const service = stack.use(await HeadlessService.start());
  const places: Record<string, Place> = {
    "pod-1": service.place(11),
    "pod-2": service.place(12),
    "pod-3": service.place(13),
    "pod-4": service.place(14),
  };
  const nodes = new Map<string, NodeProcess>();
  const start = async (name: string, env: Readonly<Record<string, string>> = {}) => {
    nodes.set(name, stack.use(await service.startNode(name, places[name]!, env)));
  };
  const load = new Load();
  const alive = () => [...nodes.values()];
  const node = (name: string) => nodes.get(name)!;
  const { "pod-4": fourth, ...firstThree } = places;
  await service.list(firstThree);
  await Promise.all(Object.keys(firstThree).map((name) => start(name)));
  const scraped = node("pod-1");
  const prometheus = stack.use(
    await Prometheus.start({
      scrapeConfigs: `- job_name: muster\n  static_configs: [{ targets: ["${
        new URL(scraped.opsUrl).host
      }"] }]`,
    }),
  );
  /** Waits for a state of a pod while the others go on counting. */
  const countUntil = async (what: string, deadlineMs: number, isSo: () => Promise<boolean>) => {
    const startMs = systemClock.nowMs();
    await until(async () => {
      await load.wave(alive());
      return await isSo();
    }, { what, deadlineMs, everyMs: 100, details: () => scraped.log });
    return systemClock.nowMs() - startMs;
  };
  const seen = async (observer: NodeProcess, name: string) => {
    const { members, departed } = await observer.topology();
    return [...members, ...departed].filter(({ id }) => id === name)
      .map(({ status }) => status).sort().join();
  };
  const seenByAll = (name: string, states: string) => async () =>
    (await Promise.all(alive().map((observer) => seen(observer, name))))
      .every((found) => found === states);

  await t.step("every node's increments are in the sum, exactly", async () => {
    await load.wave(alive());
    await load.untilStored(prometheus, 30_000);
    for (let i = 0; i < 10; i++) await load.wave(alive());
    await load.untilStored(prometheus);
  });

  await t.step("gauges are merged as they are declared", async () => {
    // One after another: the last one set is the latest.
    for (const [name, level] of Object.entries(LEVELS)) {
      await node(name).post(`/gauge?value=${level}`);
    }
    await until(async () => {
      // Two that are set in one millisecond have no order, so it is set again.
      await node("pod-3").post("/gauge?value=4");
      return await prometheus.value("it_level_latest") === 4;
    }, { what: "the newest level", everyMs: 100 });
    for (const [merge, value] of Object.entries(MERGED)) {
      assertEquals(await prometheus.value(`it_level_${merge}`), value, merge);
    }
    for (const [name, level] of Object.entries(LEVELS)) {
      assertEquals(await prometheus.value(`it_level_per_node{node="${name}"}`), level);
    }
  });

  await t.step("a fourth node is up within the TTL and three rounds", async () => {
    await service.list({ "pod-4": fourth! });
    await start("pod-4");
    await countUntil(
      "all four to be up everywhere",
      service.ttlMs + 3 * ROUND_MS + SLACK_MS,
      seenByAll("pod-4", "up"),
    );
    await load.wave(alive());
    await load.untilStored(prometheus, 15_000);
  });

  await t.step(
    "a killed node is down in time, and its gauges go while its counts stay",
    async () => {
      const killed = node("pod-2");
      await killed.post("/gauge?value=9");
      await until(async () => await prometheus.value("it_level_max") === 9, {
        what: "the last level of pod-2",
      });
      nodes.delete("pod-2");
      await killed.kill();
      await countUntil(
        "pod-2 to be down",
        10_000 + 2 * ROUND_MS,
        seenByAll("pod-2", "down"),
      );
      await load.untilStored(prometheus);
      assertEquals(await prometheus.value('it_level_per_node{node="pod-2"}'), null);
      assertEquals(await prometheus.value("it_level_max"), 4);
    },
  );

  await t.step(
    "it comes back as a new life that replaces the old one, and the sum goes on",
    async () => {
      await start("pod-2");
      await countUntil("pod-2 to be up again", 15_000, seenByAll("pod-2", "replaced,up"));
      await load.wave(alive());
      await load.untilStored(prometheus, 15_000);
      const lives = (await scraped.topology()).departed.filter(({ id }) => id === "pod-2");
      assertEquals(lives.map(({ status }) => status), ["replaced"]);
    },
  );

  await t.step("a node that is asked to end loses nothing and is gone at once", async () => {
    const leaver = node("pod-3");
    await using late = await HalfSentRequest.start(leaver.appUrl, "/labels", '["late"]');
    for (let i = 0; i < 5; i++) await load.wave([leaver]);
    nodes.delete("pod-3");
    const ended = leaver.terminate();
    await until(() => leaver.log.includes("Stopping on SIGTERM"), { what: "pod-3 to stop" });
    assertStringIncludes(await late.finish(), " 200 ");
    assertEquals(await ended, 0, leaver.log);
    await countUntil("pod-3 to have left", 2 * ROUND_MS, seenByAll("pod-3", "left"));
    await load.untilStored(prometheus);
    assertEquals(await prometheus.value('it_level_per_node{node="pod-3"}'), null);
    assertEquals(await prometheus.value('it_hostile_total{value="late"}'), 1);
  });

  await t.step("a killed node that DNS no longer lists is lost, and its counts stay", async () => {
    const killed = node("pod-4");
    await load.untilStored(prometheus);
    nodes.delete("pod-4");
    await killed.kill();
    await service.unlist("pod-4");
    await countUntil("pod-4 to be lost", 10_000 + 2 * ROUND_MS, seenByAll("pod-4", "lost"));
    await load.untilStored(prometheus);
  });

  await t.step("the scraped node tells all of it as events, in order", async () => {
    const events = await scraped.events();
    const told = (name: string) =>
      events.filter((event) => event.node === name && event.kind !== "suspect")
        .map(({ kind }) => kind);
    assertEquals(told("pod-2"), ["joining", "up", "down", "joining", "replaced", "up"]);
    assertEquals(told("pod-3"), ["joining", "up", "left"]);
    assertEquals(told("pod-4"), ["joining", "up", "down", "lost"]);
  });

  await t.step("Prometheus saw no counter fall in the whole run, and no scrape fail", async () => {
    const counters = '{__name__=~".+_(total|sum|count|bucket)",__name__!="it_level_sum"}';
    const series = await prometheus.query(`${counters}[1h]`);
    assertEquals(series.length > 30, true, `${series.length} series`);
    for (const { metric, values } of series) {
      const numbers = values!.map(([, value]) => Number(value));
      const fall = numbers.findIndex((value, i) => value < numbers[i - 1]!);
      assertEquals(fall, -1, `${JSON.stringify(metric)}: ${numbers.slice(fall - 1, fall + 1)}`);
    }
    assertEquals(await prometheus.value("resets(it_busy_seconds_total[1h])"), 0);
    const [up] = await prometheus.query('up{job="muster"}[1h]');
    const answers = up!.values!.map(([, value]) => value).join("");
    // Before the first three knew each other there was nothing to tell.
    assertMatch(answers, /^0*1+$/);
  });
});

import { assert, assertEquals } from "@std/assert";
import type { FailMode } from "../../src/rate_limit/limiter_options.ts";
import { Redis } from "../servers/redis.ts";
import { until } from "../until.ts";
import { LimitingNode } from "./limiting_node.ts";
import type { LoadResult } from "./limiting_program.ts";

/** Nothing flows back while a test runs. */
const WINDOW_MS = 300 * 86_400_000;
const DEADLINE_MS = 100;
/** For timers and promises of requests that all end at once, beyond what the loop was late. */
const SCHEDULING_MS = 150;

async function nodes(count: number): Promise<LimitingNode[]> {
  const ports = LimitingNode.ports(count);
  return await Promise.all(ports.map((port) => LimitingNode.start(port, ports)));
}

function total(results: readonly LoadResult[], what: "allowed" | "limited", by: string): number {
  return results.reduce((sum, result) => sum + (result[what][by] ?? 0), 0);
}

Deno.test("five nodes under load admit together exactly what a shared limit allows", async () => {
  await using redis = await Redis.start();
  await using stack = new AsyncDisposableStack();
  const five = await nodes(5);
  five.forEach((node) => stack.use(node));
  for (const algorithm of ["gcra", "sliding_window"] as const) {
    const limits = [{ limit: 1_500, windowMs: WINDOW_MS, algorithm }];
    const wish = { name: algorithm, limits, storeUrl: redis.url, deadlineMs: 10_000 };
    await Promise.all(five.map((node) => node.limit({ ...wish, scope: "shared" })));
    const load = { name: algorithm, inFlight: 20, requests: 600 };
    const results = await Promise.all(five.map((node) => node.load(load)));
    assertEquals(total(results, "allowed", "store"), 1_500);
    assertEquals(total(results, "limited", "store"), 1_500);
  }
});

const OUTAGES: readonly FailMode[] = ["open", "closed", "split"];

for (const fail of OUTAGES) {
  Deno.test(`a store that hangs, dies and comes back: fail ${fail} does what it says, and what was counted stays`, async () => {
    const limit = 4_000;
    await using redis = await Redis.start();
    await using stack = new AsyncDisposableStack();
    const two = await nodes(2);
    two.forEach((node) => stack.use(node));
    const limits = [{ limit, windowMs: WINDOW_MS }];
    const wish = { name: "api", limits, storeUrl: redis.url, fail, deadlineMs: DEADLINE_MS };
    await Promise.all(two.map((node) => node.limit({ ...wish, scope: "shared" })));
    const results: LoadResult[] = [];
    const load = async (forMs: number) => {
      const name = "api", inFlight = 5;
      const both = await Promise.all(two.map((node) => node.load({ name, inFlight, forMs })));
      results.push(...both);
      for (const { slowestMs, loopLateMs } of both) {
        assert(
          slowestMs <= DEADLINE_MS + loopLateMs + SCHEDULING_MS,
          `${slowestMs}, ${loopLateMs}`,
        );
      }
      return both;
    };
    const linesOf = (node: LimitingNode, part: string) =>
      node.process.log.split("\n").filter((line) => line.includes(part)).length;
    const healed = async () => {
      await until(async () => total(await load(20), "allowed", "store") > 0, {
        what: "the store to be asked",
      });
      // An outage is over after a quiet second; a little load now and then leaves enough of the limit.
      await until(async () => {
        await load(5);
        return two.every((node) => linesOf(node, "answers again") === linesOf(node, " is out ("));
      }, { what: "the outages to be told as over", everyMs: 100 });
    };
    const isOut = async () => {
      for (const node of two) {
        const { limiters: [limiter] } = await node.limits();
        assertEquals(limiter!.store!.isOut, true);
      }
    };

    assert(total(await load(100), "allowed", "store") > 0);
    redis.hang();
    const hung = load(1_000);
    checkOutage(await hung, fail);
    await isOut();
    redis.resume();
    await healed();
    await redis.kill();
    checkOutage(await load(500), fail);
    await isOut();
    await redis.start();
    await healed();
    // All that is left, until the store refuses.
    await until(async () => total(await load(200), "limited", "store") > 0, {
      what: "the limit to be reached",
      deadlineMs: 30_000,
    });

    const byStore = total(results, "allowed", "store");
    let unanswered = 0;
    for (const node of two) {
      const { limiters: [limiter] } = await node.limits();
      const { timeout, failed } = limiter!.store!.errors as { timeout: number; failed: number };
      assert(timeout > 0 && failed > 0, JSON.stringify(limiter));
      unanswered += timeout + failed;
      const lines = (part: string) => linesOf(node, part);
      // A machine that is busy may make a third one, by a store that really is slow.
      assert(lines(" is out (") >= 2 && lines(" is out (") <= 5, node.process.log);
      assertEquals(lines(" is out ("), lines("answers again"), "one line for each outage");
    }
    // What the store counted without an answer that came in time is all that may be missing.
    assert(byStore <= limit && byStore >= limit - unanswered, `${byStore}, ${unanswered}`);
    const bySplit = total(results, "allowed", "fail_split");
    assert(bySplit <= limit, `${bySplit}`);
  });
}

/** That requests were decided without the store, as the mode says. */
function checkOutage(results: readonly LoadResult[], fail: FailMode): void {
  const by = `fail_${fail}`;
  const allowed = total(results, "allowed", by), limited = total(results, "limited", by);
  const seen = `${allowed} allowed and ${limited} limited`;
  if (fail === "open") assert(allowed > 0 && limited === 0, seen);
  if (fail === "closed") assert(allowed === 0 && limited > 0, seen);
  if (fail === "split") assert(allowed + limited > 0, seen);
}

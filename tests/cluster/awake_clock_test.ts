import { assertEquals } from "@std/assert";
import { createBus } from "../../src/telemetry/bus.ts";
import { silentLog } from "../../src/io/log.ts";
import { AwakeClock } from "../../src/cluster/awake_clock.ts";
import { CLUSTER_EVENT, EventLog } from "../../src/cluster/event_log.ts";
import { isNewer, newIncarnationId } from "../../src/cluster/identity.ts";
import { SeededRandom } from "./seeded_random.ts";

Deno.test("AwakeClock counts no step for more than its limit, and none backwards", () => {
  const clock = new AwakeClock(1_000, 2_000);
  assertEquals([clock.advance(2_500), clock.asleepMs], [1_500, 0]);
  assertEquals([clock.advance(62_500), clock.asleepMs], [3_500, 58_000]);
  assertEquals([clock.advance(60_000), clock.asleepMs], [3_500, 58_000]);
  assertEquals(clock.advance(63_000), 4_000);
});

Deno.test("newIncarnationId gives 16 hexadecimal digits, others each time", () => {
  const random = new SeededRandom(1);
  const ids = Array.from({ length: 100 }, () => newIncarnationId(random));
  assertEquals(ids.every((id) => /^[0-9a-f]{16}$/.test(id)), true);
  assertEquals(new Set(ids).size, 100);
});

Deno.test("isNewer orders two lives by their beginning, and by id where that is the same", () => {
  const life = (incarnation: string, startedAtMs: number) => ({
    node: "n",
    incarnation,
    startedAtMs,
    version: "",
    address: "",
  });
  assertEquals(isNewer(life("a", 2), life("b", 1)), true);
  assertEquals(isNewer(life("a", 1), life("b", 2)), false);
  assertEquals([isNewer(life("b", 1), life("a", 1)), isNewer(life("a", 1), life("b", 1))], [
    true,
    false,
  ]);
});

Deno.test("EventLog keeps the newest events, counts all of them and emits each", () => {
  const bus = createBus(silentLog);
  const emitted: unknown[] = [];
  bus.attach(CLUSTER_EVENT, (_name, _numbers, event) => emitted.push(event.id));
  const log = new EventLog(bus, 3);
  for (let i = 0; i < 5; i++) log.add({ kind: "up", node: "n", incarnation: "", at: i, cause: "" });
  assertEquals(log.after(0).map(({ id }) => id), [3, 4, 5]);
  assertEquals(log.after(4).map(({ id }) => id), [5]);
  assertEquals([log.count, emitted], [5, [1, 2, 3, 4, 5]]);
});

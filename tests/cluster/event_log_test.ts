import { assertEquals } from "@std/assert";
import { CLUSTER_EVENT, EventLog } from "../../src/cluster/event_log.ts";
import { silentLog } from "../../src/io/log.ts";
import { createBus } from "../../src/telemetry/bus.ts";

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

import { assertEquals } from "@std/assert";
import { systemClock } from "../../src/io/clock.ts";
import { until } from "../until.ts";
import { HeadlessService } from "./headless_service.ts";
import { sampleOf } from "./running_node.ts";

const OUTAGE_MS = 30_000;

Deno.test("A name server that is away for 30 s moves no node out of up", async () => {
  await using stack = new AsyncDisposableStack();
  const service = stack.use(await HeadlessService.start());
  const places = {
    "pod-1": service.place(11),
    "pod-2": service.place(12),
    "pod-3": service.place(13),
  };
  await service.list(places);
  const nodes = await Promise.all(
    Object.entries(places).map(async ([name, place]) =>
      stack.use(await service.startNode(name, place))
    ),
  );
  const topologies = () => Promise.all(nodes.map((node) => node.topology()));
  await until(async () => {
    const all = await topologies();
    return all.every(({ summary }) => summary.statuses.up === 3 && summary.complete);
  }, { what: "three nodes to be a cluster", deadlineMs: 15_000 });
  await service.dns.stop();
  const stoppedMs = systemClock.nowMs();
  let counted = 0;
  await until(async () => {
    for (const { self, members } of await topologies()) {
      assertEquals(members.map(({ status }) => status), ["up", "up", "up"], self.id);
    }
    await Promise.all(nodes.map((node) => node.inc(1)));
    counted += nodes.length;
    for (const node of nodes) {
      assertEquals(sampleOf(await node.get("/metrics"), "it_requests_total"), counted);
    }
    return systemClock.nowMs() - stoppedMs >= OUTAGE_MS;
  }, { what: "the outage to end", deadlineMs: OUTAGE_MS + 5_000, everyMs: 500 });
  for (const { dns } of await topologies()) {
    assertEquals(dns!.addresses.length, 3);
    assertEquals(dns!.consecutiveFailures > 0, true, JSON.stringify(dns));
  }
  for (const node of nodes) {
    const kinds = new Set((await node.events()).map(({ kind }) => kind));
    assertEquals([...kinds].sort(), ["joining", "up"]);
  }
  await service.dns.start();
  await until(
    async () => (await topologies()).every(({ dns }) => dns!.consecutiveFailures === 0),
    { what: "discovery to go on", deadlineMs: 35_000 },
  );
});

import { assertEquals } from "@std/assert";
import type { ClusterEvent } from "../../src/cluster/event_log.ts";
import type { Runtime } from "../../src/runtime.ts";
import { freePort } from "../servers/free_port.ts";
import { startRuntime, untilTogether } from "./running_node.ts";

/** The events of a stream, as a browser's `EventSource` would read them, until it ends. */
async function* eventsOf(runtime: Runtime, lastEventId?: number): AsyncGenerator<ClusterEvent> {
  const { host, port } = runtime.opsAddress;
  const headers = lastEventId === undefined ? {} : { "last-event-id": String(lastEventId) };
  const response = await fetch(`http://${host}:${port}/cluster/events`, { headers });
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  let rest = "";
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = new Map(
        block.split("\n").map((line) => {
          const at = line.indexOf(": ");
          return [line.slice(0, at), line.slice(at + 2)];
        }),
      );
      const data = fields.get("data");
      if (data === undefined) continue;
      const event: ClusterEvent = JSON.parse(data);
      assertEquals([fields.get("id"), fields.get("event")], [String(event.id), event.kind]);
      yield event;
    }
  }
}

Deno.test("GET /cluster/events streams what was and what comes, resumes, and ends at shutdown", async () => {
  const places = [81, 82].map((last) => {
    const host = `127.0.0.${last}`;
    return { host, port: freePort(host) };
  });
  const CLUSTER_PEERS = places.map(({ host, port }) => `${host}:${port}`).join(",");
  await using one = await startRuntime("one", places[0]!, { CLUSTER_PEERS });
  {
    await using two = await startRuntime("two", places[1]!, { CLUSTER_PEERS });
    await untilTogether([one, two]);
    const stream = eventsOf(one);
    const first = await stream.next();
    const second = await stream.next();
    assertEquals([first.value!.kind, second.value!.kind], ["joining", "up"]);
    const next = stream.next();
    await two.stop();
    assertEquals((await next).value!.kind, "left");
    await stream.return(undefined);
  }
  const resumed = eventsOf(one, 1);
  assertEquals((await resumed.next()).value!.kind, "up");
  assertEquals((await resumed.next()).value!.kind, "left");
  const end = resumed.next();
  await one.stop();
  assertEquals((await end).done, true);
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { settle } from "../fake_clock.ts";
import { type OpsSetup, opsSetup } from "./ops_setup.ts";

async function open({ events }: OpsSetup, headers: Record<string, string> = {}) {
  const response = await events.request("/cluster/events", { headers });
  return { response, reader: response.body!.pipeThrough(new TextDecoderStream()).getReader() };
}

/** Reads until `text` came, and gives all of it. */
async function readUntil(reader: ReadableStreamDefaultReader<string>, text: string) {
  let all = "";
  while (!all.includes(text)) {
    const { done, value } = await reader.read();
    assert(!done, `the stream ended after ${all}`);
    all += value;
  }
  return all;
}

Deno.test("GET /cluster/events streams what was and what comes, as server-sent events", async () => {
  const setup = await opsSetup();
  const { response, reader } = await open(setup);
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  assertStringIncludes(
    await readUntil(reader, "event: up"),
    'id: 1\nevent: joining\ndata: {"id":1,',
  );
  setup.tell("something new");
  assertStringIncludes(await readUntil(reader, "something new"), "event: exchange_rejected\n");
  await reader.cancel();
});

Deno.test("GET /cluster/events goes on after Last-Event-ID, and tells all after a restart", async () => {
  const setup = await opsSetup();
  setup.tell("the last");
  const { count } = setup.a.node.events;
  for (const [id, first] of [["1", 2], [`${count - 1}`, count], ["99999", 1], ["x", 1]] as const) {
    const { reader } = await open(setup, { "last-event-id": id });
    const text = await readUntil(reader, "the last");
    assertEquals(/id: (\d+)/.exec(text)![1], `${first}`, `after ${id}`);
    await reader.cancel();
  }
});

Deno.test("GET /cluster/events sends a comment every 15 s, and no timer outlives its reader", async () => {
  const setup = await opsSetup();
  for (const { rounds } of [setup.a, setup.b]) await rounds.stop();
  await setup.cluster.run(10_000);
  const before = setup.cluster.clock.pending;
  const { reader } = await open(setup);
  assertEquals(setup.cluster.clock.pending, before + 1);
  for (let comments = 0; comments < 2; comments++) {
    await setup.cluster.run(15_000);
    await readUntil(reader, ": still here");
  }
  await reader.cancel();
  await settle();
  assertEquals(setup.cluster.clock.pending, before);
});

Deno.test("GET /cluster/events refuses the 101st stream, and takes one when another ended", async () => {
  const setup = await opsSetup();
  const streams = await Promise.all(Array.from({ length: 100 }, () => open(setup)));
  const { events } = setup;
  const refused = await events.request("/cluster/events");
  assertEquals(refused.status, 503);
  assertStringIncludes(await refused.text(), "100 streams are open, which is the limit");
  await streams[0]!.reader.cancel();
  await settle();
  const { response, reader } = await open(setup);
  assertEquals(response.status, 200);
  for (const stream of [{ reader }, ...streams.slice(1)]) await stream.reader.cancel();
});

Deno.test("GET /cluster/events ends all streams with the process, and begins none after", async () => {
  const setup = await opsSetup();
  const { reader } = await open(setup);
  setup.ending.abort();
  while (!(await reader.read()).done);
  const late = await open(setup);
  while (!(await late.reader.read()).done);
});

Deno.test("GET /cluster/events?format=json gives the log as it is, and other formats 400", async () => {
  const { events } = await opsSetup();
  const { self, events: log } = await (await events.request("/cluster/events?format=json")).json();
  assertEquals([self, log[0].kind, log[0].node], ["a", "joining", "b"]);
  const bad = await events.request("/cluster/events?format=xml");
  assertEquals(bad.status, 400);
  assertStringIncludes(await bad.text(), 'received \\"xml\\"');
});

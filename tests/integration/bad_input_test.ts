import { assertEquals, assertStringIncludes } from "@std/assert";
import { REFUSAL_HEADER } from "../../src/cluster/peer_link.ts";
import { topologyOf } from "../../src/cluster/topology.ts";
import type { Runtime } from "../../src/runtime.ts";
import { freePort } from "../servers/free_port.ts";
import { until } from "../until.ts";
import { exchangeBytes, exchangeRequest, sendExchange } from "./exchange_caller.ts";
import { ask, sampleOf, startRuntime, untilTogether } from "./running_node.ts";
import { encodeMessage } from "../../src/cluster/wire/message_codec.ts";

const BODY_BYTES_MAX = 65_536;
const HOST = "127.0.0.21";

/** A node that lets 127.0.0.1 ask and has no peers. */
async function startTarget(): Promise<Runtime> {
  const runtime = await startRuntime("target", { host: HOST, port: freePort(HOST) }, {
    CLUSTER_NAME: "ours",
    CLUSTER_PEERS: `127.0.0.1:${freePort()}`,
    CLUSTER_EXCHANGE_BODY_BYTES_MAX: String(BODY_BYTES_MAX),
  });
  await untilTogether([runtime]);
  return runtime;
}

async function rejectedFor(runtime: Runtime, reason: string): Promise<number | null> {
  const { text } = await ask(runtime, "/metrics/node");
  return sampleOf(text, `muster_exchange_rejected_total{reason="${reason}"}`);
}

/** Nobody is known but the node itself. */
function assertNothingApplied({ node }: Runtime): void {
  const { members, departed } = topologyOf(node);
  assertEquals([...members, ...departed].map(({ id }) => id), ["target"]);
  assertEquals(node.state.replicas.size + node.state.ledger.shards.size, 0);
}

Deno.test("Exchange takes a sound message, as the tests of bad ones assume", async () => {
  await using runtime = await startTarget();
  const { status } = await sendExchange(runtime, exchangeBytes("ours"));
  assertEquals(status, 200);
  assertEquals(topologyOf(runtime.node).members.map(({ id }) => id), ["target", "caller"]);
  const { text } = await ask(runtime, "/metrics");
  assertEquals(sampleOf(text, "it_requests_total"), 1_000_000);
});

Deno.test("Exchange answers 400 to a message that is corrupt or truncated, and applies nothing", async () => {
  await using runtime = await startTarget();
  const sound = exchangeBytes("ours");
  const bad: readonly Uint8Array<ArrayBuffer>[] = [
    new Uint8Array(),
    new TextEncoder().encode("GET / HTTP/1.1"),
    sound.slice(0, 3),
    sound.slice(0, 30),
    sound.slice(0, -1),
    Uint8Array.from([...sound, 4]),
    Uint8Array.from([...sound, 4, 255, 255, 255, 255, 255, 255, 255, 15]),
    Uint8Array.from(sound.toReversed()),
  ];
  for (const [i, bytes] of bad.entries()) {
    const { status, headers, text } = await sendExchange(runtime, bytes);
    assertEquals([i, status, headers.get(REFUSAL_HEADER)], [i, 400, "malformed"], text);
  }
  assertEquals(await rejectedFor(runtime, "malformed"), bad.length);
  assertNothingApplied(runtime);
});

Deno.test("Exchange answers 400 to a shard that no registry can have, and applies nothing of the message", async () => {
  await using runtime = await startTarget();
  const message = exchangeRequest("ours");
  const [shard] = message.shards;
  const twice = encodeMessage({ ...message, shards: [shard!, shard!] });
  const { status, headers } = await sendExchange(runtime, twice);
  assertEquals([status, headers.get(REFUSAL_HEADER)], [400, "invalid_shard"]);
  assertEquals(await rejectedFor(runtime, "invalid_shard"), 1);
  assertNothingApplied(runtime);
});

Deno.test("Exchange answers 413 to a body that announces or turns out to be too long", async () => {
  await using runtime = await startTarget();
  const long = new Uint8Array(BODY_BYTES_MAX + 1);
  const announced = await sendExchange(runtime, long);
  assertEquals(announced.status, 413);
  assertStringIncludes(announced.text, "CLUSTER_EXCHANGE_BODY_BYTES_MAX");
  const chunked = await sendExchange(runtime, new Blob([long]).stream());
  assertEquals([chunked.status, chunked.headers.get(REFUSAL_HEADER)], [413, "too_large"]);
  assertEquals(await rejectedFor(runtime, "too_large"), 2);
  assertNothingApplied(runtime);
});

Deno.test("Exchange counts a body that ends before its announced length, and applies nothing", async () => {
  await using runtime = await startTarget();
  const { host: hostname, port } = runtime.opsAddress;
  const body = exchangeBytes("ours");
  {
    using connection = await Deno.connect({ hostname, port });
    const head = `POST /cluster/exchange HTTP/1.1\r\nhost: x\r\ncontent-length: ${
      body.length + 1
    }\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head));
    await connection.write(body);
  }
  await until(async () => await rejectedFor(runtime, "malformed") === 1, {
    what: "the broken request to be counted",
  });
  assertNothingApplied(runtime);
});

Deno.test("Exchange answers 409 to another wire version, and names both", async () => {
  await using runtime = await startTarget();
  const bytes = exchangeBytes("ours");
  bytes[4] = 2;
  const { status, headers, text } = await sendExchange(runtime, bytes);
  assertEquals([status, headers.get(REFUSAL_HEADER)], [409, "wire_version"]);
  assertStringIncludes(text, "wire version 2");
  assertStringIncludes(text, "speaks version 1");
  assertEquals(await rejectedFor(runtime, "wire_version"), 1);
  assertNothingApplied(runtime);
});

Deno.test("Exchange answers 409 to another cluster, and both sides tell of it and take nothing", async () => {
  const places = [{ host: HOST, port: freePort(HOST) }, {
    host: "127.0.0.22",
    port: freePort("127.0.0.22"),
  }];
  const [one, two] = places.map(({ host, port }) => `${host}:${port}`);
  await using ours = await startRuntime("ours-1", places[0]!, {
    CLUSTER_NAME: "ours",
    CLUSTER_PEERS: two!,
  });
  await using theirs = await startRuntime("theirs-1", places[1]!, {
    CLUSTER_NAME: "theirs",
    CLUSTER_PEERS: one!,
  });
  const { status, text } = await sendExchange(ours, exchangeBytes("theirs"), {}, "127.0.0.22");
  assertEquals(status, 409);
  assertStringIncludes(text, '"ours"');
  assertStringIncludes(text, '"theirs"');
  for (const runtime of [ours, theirs]) {
    const tellers = await until(async () => {
      const { text } = await ask(runtime, "/cluster/events?format=json");
      const { events } = JSON.parse(text);
      const causes = events.filter(({ kind }: { kind: string }) => kind === "foreign_cluster")
        .map(({ cause }: { cause: string }) => cause).join("\n");
      // As the one that was called, and as the one that called.
      return causes.includes("called as") && causes.includes("answered 409") && causes;
    }, { what: "foreign_cluster events of both kinds" });
    assertStringIncludes(tellers, runtime === ours ? '"theirs"' : '"ours"');
    assertEquals(topologyOf(runtime.node).members.length, 1);
    assertEquals((await rejectedFor(runtime, "foreign_cluster"))! > 0, true);
  }
});

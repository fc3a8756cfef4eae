import { assertEquals, assertStringIncludes } from "@std/assert";
import { EXCHANGE_PATH, REFUSAL_HEADER } from "../../src/cluster/peer_link.ts";
import { topologyOf } from "../../src/cluster/topology.ts";
import { systemClock } from "../../src/io/clock.ts";
import { systemRandom } from "../../src/io/random.ts";
import { SIGNATURE_WINDOW_MS, signRequest, verifyAnswer } from "../../src/io/request_signature.ts";
import { freePort } from "../servers/free_port.ts";
import { until } from "../until.ts";
import { exchangeBytes, sendExchange } from "./exchange_caller.ts";
import { HeadlessService } from "./headless_service.ts";
import { ask, sampleOf, startRuntime, untilTogether } from "./running_node.ts";

const SECRET = "correct-horse-battery-staple";
const HOST = "127.0.0.21";

Deno.test("Exchange with a secret answers 401 to what is unsigned, forged, stale or replayed", async () => {
  await using runtime = await startRuntime("target", { host: HOST, port: freePort(HOST) }, {
    CLUSTER_SECRET: SECRET,
  });
  const body = exchangeBytes("local");
  const signed = (secret: string, ageMs = 0, signedBody = body) =>
    signRequest(
      [secret],
      { method: "POST", path: EXCHANGE_PATH, body: signedBody },
      systemClock.wallMs() - ageMs,
      systemRandom.bytes(16),
    );
  const spent = signed(SECRET);
  const refused: readonly (readonly [Record<string, string>, string])[] = [
    [{}, "must carry"],
    [signed("another-secret-of-somebody"), "no secret that this node knows"],
    [signed(SECRET, 0, exchangeBytes("local")), "no secret that this node knows"],
    [signed(SECRET, SIGNATURE_WINDOW_MS + 5_000), "behind"],
    [signed(SECRET, -SIGNATURE_WINDOW_MS - 5_000), "ahead"],
  ];
  for (const [headers, why] of refused) {
    const answer = await sendExchange(runtime, body, headers);
    assertEquals([answer.status, answer.headers.get(REFUSAL_HEADER)], [401, "signature"]);
    assertStringIncludes(answer.text, why);
  }
  assertEquals(topologyOf(runtime.node).members.length, 1);
  {
    const nonce = spent["muster-nonce"]!;
    const url = `http://${HOST}:${runtime.opsAddress.port}${EXCHANGE_PATH}`;
    const response = await fetch(url, { method: "POST", body, headers: spent });
    const answer = { nonce, status: response.status, body: await response.bytes() };
    assertEquals(response.status, 200);
    assertEquals(verifyAnswer([SECRET], answer, response.headers).kind, "valid");
  }
  const replayed = await sendExchange(runtime, body, spent);
  assertEquals(replayed.status, 401);
  assertStringIncludes(replayed.text, "used before");
  const { text } = await ask(runtime, "/metrics/node");
  assertEquals(
    sampleOf(text, 'muster_exchange_rejected_total{reason="signature"}'),
    refused.length + 1,
  );
});

Deno.test("Nodes with one secret talk, and one without it stays out", async () => {
  const places = [31, 32, 33].map((last) => {
    const host = `127.0.0.${last}`;
    return { host, port: freePort(host) };
  });
  const CLUSTER_PEERS = places.map(({ host, port }) => `${host}:${port}`).join(",");
  const shared = { CLUSTER_PEERS, CLUSTER_SECRET: SECRET };
  await using one = await startRuntime("one", places[0]!, shared);
  await using two = await startRuntime("two", places[1]!, {
    CLUSTER_PEERS,
    CLUSTER_SECRET: "the-secret-of-tomorrow",
    CLUSTER_SECRET_PREVIOUS: SECRET,
  });
  await untilTogether([one, two]);
  await using other = await startRuntime("other", places[2]!, {
    CLUSTER_PEERS,
    CLUSTER_SECRET: "a-secret-of-somebody-else",
  });
  for (const { node } of [one, two, other]) {
    await until(() => node.events.after(0).some(({ kind }) => kind === "exchange_rejected"), {
      what: "an event that tells of the wrong secret",
    });
  }
  assertEquals(topologyOf(one.node).members.length, 2);
  assertEquals(topologyOf(other.node).members.length, 1);
});

Deno.test("Exchange without a secret answers 403 to a stranger only after a fresh poll of DNS", async () => {
  await using service = await HeadlessService.start();
  const place = service.place(21);
  await service.list({ target: place });
  await using runtime = await startRuntime("target", place, service.discovery);
  const body = exchangeBytes(service.name);
  const polls = () => topologyOf(runtime.node).dns!.polls;
  await until(() => runtime.node.exchange.isComplete, { what: "the node to be the first" });
  const pollsBefore = polls();
  await until(async () => {
    const { status, headers, text } = await sendExchange(runtime, body, {}, "127.0.0.99");
    assertEquals([status, headers.get(REFUSAL_HEADER)], [403, "stranger"]);
    assertStringIncludes(text, "127.0.0.99");
    // Right after another poll there is none.
    return polls() > pollsBefore;
  }, { what: "a fresh poll", deadlineMs: service.ttlMs / 2 });
  assertEquals(topologyOf(runtime.node).members.length, 1);
  await service.list({ late: { host: "127.0.0.99", port: 4021 } });
  await until(async () => {
    const answer = await sendExchange(runtime, body, {}, "127.0.0.99");
    return answer.status === 200;
  }, { what: "a pod that DNS lists by now to be let in", deadlineMs: service.ttlMs / 2 });
  const { text } = await ask(runtime, "/metrics/node");
  assertEquals(sampleOf(text, 'muster_exchange_rejected_total{reason="stranger"}')! >= 1, true);
});

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decodeMessage, encodeMessage } from "../../src/cluster/wire/message_codec.ts";
import { signRequest, verifyAnswer } from "../../src/io/request_signature.ts";
import { BODY_BYTES_MAX, type OpsSetup, opsSetup } from "./ops_setup.ts";

const PATH = "/cluster/exchange";

async function post(
  { exchange }: OpsSetup,
  body: BodyInit,
  remoteIp: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await exchange.request(PATH, { method: "POST", body, headers }, { remoteIp });
}

function requestOf({ b }: OpsSetup): Uint8Array<ArrayBuffer> {
  return encodeMessage(b.node.request({ kind: "newer" }, null));
}

function ipOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":"));
}

/** The status, the refusal's code and what is counted for it. */
async function refusalOf(setup: OpsSetup, response: Response): Promise<[number, string | null]> {
  const code = response.headers.get("muster-refusal");
  assertStringIncludes(await response.text(), "Cannot ");
  assertEquals(setup.a.metrics.rejected.labels({ reason: code! }).value, 1);
  return [response.status, code];
}

Deno.test("the exchange answers a listed address with a message, and counts it", async () => {
  const setup = await opsSetup();
  const response = await post(setup, requestOf(setup), ipOf(setup.b.address));
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/vnd.muster.exchange");
  const answer = decodeMessage(await response.bytes());
  assert(answer.kind === "message" && answer.message.hello.node === "a");
  const answered = { direction: "in", outcome: "answered" };
  assertEquals(setup.a.metrics.exchanges.labels(answered).value, 1);
});

Deno.test("the exchange refuses a stranger after one fresh look at DNS, and reads none of its body", async () => {
  const setup = await opsSetup();
  let pulled = 0;
  const body = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(1_000));
    },
  }, { highWaterMark: 0 });
  const response = await post(setup, body, "203.0.113.9");
  assertEquals(await refusalOf(setup, response), [403, "stranger"]);
  assertEquals([setup.polls(), pulled], [1, 0]);
});

Deno.test("the exchange lets no stranger wait for a name server that is away", async () => {
  const setup = await opsSetup();
  setup.silenceDns();
  const response = post(setup, requestOf(setup), "203.0.113.9");
  await setup.cluster.clock.advance(1_000);
  assertEquals(await refusalOf(setup, await response), [403, "stranger"]);
});

Deno.test("the exchange lets a stranger in that the fresh look at DNS lists", async () => {
  const setup = await opsSetup();
  setup.cluster.list("10.9.9.9:4021");
  assertEquals((await post(setup, requestOf(setup), "10.9.9.9")).status, 200);
  assertEquals(setup.polls(), 1);
});

Deno.test("the exchange lets in an unlisted address where a member was heard", async () => {
  const setup = await opsSetup();
  setup.cluster.unlist(setup.b.address);
  setup.a.node.discover(setup.cluster.view());
  assertEquals((await post(setup, requestOf(setup), ipOf(setup.b.address))).status, 200);
  assertEquals(setup.polls(), 0);
});

Deno.test("the exchange refuses what is malformed, too long or foreign, each with its own code", async () => {
  const foreign = async (setup: OpsSetup) => {
    const message = setup.b.node.request({ kind: "newer" }, null);
    const hello = { ...message.hello, cluster: "another" };
    return await Promise.resolve(encodeMessage({ ...message, hello }));
  };
  const newer = (setup: OpsSetup) => {
    const bytes = requestOf(setup);
    bytes[4] = 9;
    return bytes;
  };
  const table: readonly (readonly [
    (setup: OpsSetup) => BodyInit | Promise<BodyInit>,
    [number, string],
  ])[] = [
    [() => "", [400, "malformed"]],
    [() => "GET / HTTP/1.1", [400, "malformed"]],
    [() => new Uint8Array(BODY_BYTES_MAX + 1), [413, "too_large"]],
    [foreign, [409, "foreign_cluster"]],
    [newer, [409, "wire_version"]],
  ];
  for (const [body, expected] of table) {
    const setup = await opsSetup();
    const response = await post(setup, await body(setup), ipOf(setup.b.address));
    assertEquals(await refusalOf(setup, response), expected);
  }
});

Deno.test("the exchange takes whoever signs with the secret, and signs its answer", async () => {
  const setup = await opsSetup(["new-secret", "old-secret"]);
  const body = requestOf(setup);
  const nonce = new Uint8Array(16).fill(7);
  const now = setup.cluster.clock.wallMs();
  const headers = signRequest(["old-secret"], { method: "POST", path: PATH, body }, now, nonce);
  const response = await post(setup, body, "203.0.113.9", headers);
  assertEquals(response.status, 200);
  const answer = { nonce: nonce.toHex(), status: 200, body: await response.bytes() };
  assertEquals(verifyAnswer(["old-secret"], answer, response.headers), { kind: "valid" });
  const replayed = await post(setup, body, "203.0.113.9", headers);
  assertEquals(await refusalOf(setup, replayed), [401, "signature"]);
});

Deno.test("the exchange refuses a listed address that does not sign where there is a secret", async () => {
  const setup = await opsSetup(["secret"]);
  const response = await post(setup, requestOf(setup), ipOf(setup.b.address));
  assertEquals(await refusalOf(setup, response), [401, "signature"]);
});

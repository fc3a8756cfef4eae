import { assertEquals, assertStringIncludes } from "@std/assert";
import { createHttpLink, type LinkOutcome } from "../../src/cluster/peer_link.ts";
import { encodeMessage } from "../../src/cluster/wire/message_codec.ts";
import type { HttpOutcome, HttpRequest } from "../../src/io/http_client.ts";
import { signAnswer } from "../../src/io/request_signature.ts";
import { FakeClock } from "../fake_clock.ts";
import { SeededRandom } from "./seeded_random.ts";
import { EXAMPLES } from "./wire/examples.ts";

const MESSAGE = EXAMPLES["1_digest_request"]!;
const BODY = encodeMessage(MESSAGE);

type Answer = (request: HttpRequest, clock: FakeClock) => HttpOutcome | Promise<HttpOutcome>;

/** What a link makes of the answers that a client gives one after another, and what it asked. */
async function sent(answers: readonly Answer[], secrets: readonly string[] = []) {
  const clock = new FakeClock();
  const asked: HttpRequest[] = [];
  const link = createHttpLink({
    clock,
    random: new SeededRandom(1),
    secrets,
    bodyBytesMax: 1_000,
    http: {
      request: async (request) => {
        asked.push(request);
        return await answers[asked.length - 1]!(request, clock);
      },
      close() {},
    },
  });
  const outcome: LinkOutcome = await link.send("10.0.0.1:4021", MESSAGE, 2_000);
  return { outcome, asked };
}

function response(
  body: Uint8Array<ArrayBuffer>,
  status = 200,
  headers: Record<string, string> = {},
): HttpOutcome {
  return { kind: "response", status, headers: new Headers(headers), body };
}

const text = (value: string) => new TextEncoder().encode(value);
const broken: HttpOutcome = { kind: "failed", reason: "connection reset" };

Deno.test("createHttpLink posts the message to the exchange of an address", async () => {
  const { outcome, asked } = await sent([() => response(BODY)]);
  assertEquals(outcome.kind, "answer");
  assertEquals(asked[0]!.url, "http://10.0.0.1:4021/cluster/exchange");
  assertEquals(asked[0]!.body, BODY);
});

Deno.test("createHttpLink gives each way to fail its own outcome", async () => {
  const table: readonly (readonly [HttpOutcome, LinkOutcome])[] = [
    [{ kind: "refused" }, { kind: "refused" }],
    [{ kind: "too_large" }, { kind: "unusable", reason: "the answer is longer than 1000 bytes" }],
    [
      response(text("no\n"), 409, { "muster-refusal": "foreign_cluster" }),
      { kind: "rejected", status: 409, code: "foreign_cluster", reason: "no" },
    ],
    [
      response(text("x".repeat(900)), 500),
      { kind: "rejected", status: 500, code: "", reason: "x".repeat(500) },
    ],
  ];
  for (const [given, expected] of table) {
    assertEquals((await sent([() => given])).outcome, expected);
  }
  const { outcome } = await sent([() => response(text("<html>"))]);
  assertStringIncludes(outcome.kind === "unusable" ? outcome.reason : "", "is malformed");
});

Deno.test("createHttpLink tries once more after a broken connection, while half of the time is left", async () => {
  const once = await sent([() => broken, () => response(BODY)]);
  assertEquals([once.outcome.kind, once.asked.length], ["answer", 2]);
  const twice = await sent([() => broken, () => broken]);
  assertEquals([twice.outcome.kind, twice.asked.length], ["silent", 2]);
  const late = await sent([(_request, clock) => {
    clock.jump(1_100);
    return { kind: "timeout" };
  }]);
  assertEquals([late.outcome.kind, late.asked.length], ["silent", 1]);
});

Deno.test("createHttpLink believes only answers signed for its own request, where there is a secret", async () => {
  const signed = (secret: string): Answer => ({ headers }) => {
    const answer = { nonce: headers!["muster-nonce"]!, status: 200, body: BODY };
    return response(BODY, 200, signAnswer(secret, answer));
  };
  assertEquals((await sent([signed("secret")], ["secret"])).outcome.kind, "answer");
  assertEquals((await sent([signed("other")], ["secret"])).outcome.kind, "unusable");
  assertEquals((await sent([() => response(BODY)], ["secret"])).outcome.kind, "unusable");
});

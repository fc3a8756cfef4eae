import { Hono } from "hono";
import { EXCHANGE_PATH } from "../src/cluster/peer_link.ts";
import { MESSAGE_MEDIA_TYPE } from "../src/cluster/wire/message_codec.ts";
import { readLimitedBody } from "../src/http/limited_body.ts";
import type { OpsEnv } from "../src/http/ops_env.ts";
import { serve } from "../src/http/server.ts";
import { systemClock } from "../src/io/clock.ts";
import { createFetchClient } from "../src/io/http_fetch.ts";
import { NonceCache } from "../src/io/nonce_cache.ts";
import { systemRandom } from "../src/io/random.ts";
import {
  signAnswer,
  signRequest,
  verifyAnswer,
  verifyRequest,
} from "../src/io/request_signature.ts";
import { CpuMeter } from "./cpu_meter.ts";

const SECRETS = ["bench-bench-bench-bench"];
const BODY_BYTES_MAX = 4_194_304;
const TIMEOUT_MS = 10_000;

/**
 * The processor time that HTTP and signatures take for one exchange over loopback, both sides together,
 * in milliseconds: server, router, fetch, and all that is done with a body but reading what is in it.
 */
export async function transportMs(
  requestBytes: number,
  answerBytes: number,
  exchanges: number,
): Promise<number> {
  const answer = new Uint8Array(answerBytes).fill(7);
  const nonces = new NonceCache();
  const app = new Hono<OpsEnv>().post(EXCHANGE_PATH, async ({ req }) => {
    const read = await readLimitedBody(req.raw, BODY_BYTES_MAX, TIMEOUT_MS, systemClock);
    if (read.kind !== "body") throw new Error(`BUG: the body is ${read.kind}`);
    const request = { method: "POST", path: req.path, body: read.bytes };
    const verdict = verifyRequest(SECRETS, request, req.raw.headers, systemClock.wallMs(), nonces);
    if (verdict.kind !== "valid") throw new Error(`BUG: ${verdict.message}`);
    const signature = signAnswer(verdict.secret, {
      nonce: verdict.nonce,
      status: 200,
      body: answer,
    });
    return new Response(answer, { headers: { "content-type": MESSAGE_MEDIA_TYPE, ...signature } });
  });
  await using server = serve({
    host: "127.0.0.1",
    port: 0,
    handler: (request, remoteIp) => app.fetch(request, { remoteIp }),
    onError: (error) => {
      throw error;
    },
  });
  const http = createFetchClient({ clock: systemClock });
  const url = `http://127.0.0.1:${server.port}${EXCHANGE_PATH}`;
  const body = new Uint8Array(requestBytes).fill(7);
  const exchange = async () => {
    const nonce = systemRandom.bytes(16);
    const request = { method: "POST", path: EXCHANGE_PATH, body };
    const outcome = await http.request({
      method: "POST",
      url,
      headers: {
        "content-type": MESSAGE_MEDIA_TYPE,
        ...signRequest(SECRETS, request, systemClock.wallMs(), nonce),
      },
      body,
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: BODY_BYTES_MAX,
    });
    if (outcome.kind !== "response" || outcome.status !== 200) {
      throw new Error(JSON.stringify(outcome));
    }
    const told = { nonce: nonce.toHex(), status: 200, body: outcome.body };
    const verdict = verifyAnswer(SECRETS, told, outcome.headers);
    if (verdict.kind !== "valid") throw new Error(`BUG: the answer is ${verdict.kind}`);
  };
  const repeat = async () => {
    for (let i = 0; i < exchanges; i++) await exchange();
  };
  try {
    await repeat();
    return await new CpuMeter().measure(repeat) / exchanges;
  } finally {
    http.close();
  }
}

import type { Clock } from "../io/clock.ts";
import type { HttpClient } from "../io/http_client.ts";
import type { Random } from "../io/random.ts";
import { signRequest, verifyAnswer } from "../io/request_signature.ts";
import type { Message } from "./wire/message.ts";
import { decodeMessage, encodeMessage, MESSAGE_MEDIA_TYPE } from "./wire/message_codec.ts";

/** Where a node takes exchanges. */
export const EXCHANGE_PATH = "/cluster/exchange";
/** The header of a refusal that names its reason in one word, a {@linkcode RefusalCode}. */
export const REFUSAL_HEADER = "muster-refusal";

/** Why a node takes no exchange from a caller. */
export type RefusalCode =
  | "foreign_cluster"
  | "wire_version"
  | "malformed"
  | "too_large"
  | "stranger"
  | "signature"
  | "invalid_shard";
/** A refusal's sentence is cut off here. */
const REASON_LENGTH_MAX = 500;

/** What came of one request to a peer. */
export type LinkOutcome =
  | { readonly kind: "answer"; readonly message: Message; readonly rttMs: number }
  /** No process listens there. */
  | { readonly kind: "refused" }
  /** Nothing came before the deadline, or the connection broke. */
  | { readonly kind: "silent"; readonly reason: string }
  /** The peer answered with another status than 200; `code` is its `muster-refusal` header. */
  | {
    readonly kind: "rejected";
    readonly status: number;
    readonly code: string;
    readonly reason: string;
  }
  /** The answer is not to be trusted or understood. */
  | { readonly kind: "unusable"; readonly reason: string };

/** Sends one message and gives what came of it; never rejects. */
export interface PeerLink {
  send(address: string, message: Message, timeoutMs: number): Promise<LinkOutcome>;
}

/** What a link over HTTP is made of. */
export interface HttpLinkOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  /** The secrets that sign requests and answers; none means that addresses decide. */
  readonly secrets: readonly string[];
  readonly bodyBytesMax: number;
}

/**
 * Exchanges as `POST /cluster/exchange`, signed where there is a secret. A connection that breaks is
 * tried once more: an idle one that the peer had closed tells nothing of the peer, and an exchange may
 * be repeated.
 */
export function createHttpLink(options: HttpLinkOptions): PeerLink {
  return {
    async send(address, message, timeoutMs) {
      const { clock } = options;
      const body = encodeMessage(message);
      const startMs = clock.nowMs();
      const first = await sendOnce(options, address, body, timeoutMs);
      const leftMs = timeoutMs - (clock.nowMs() - startMs);
      if (first.kind !== "silent" || leftMs < timeoutMs / 2) return first;
      return sendOnce(options, address, body, leftMs);
    },
  };
}

async function sendOnce(
  { http, clock, random, secrets, bodyBytesMax }: HttpLinkOptions,
  address: string,
  body: Uint8Array<ArrayBuffer>,
  timeoutMs: number,
): Promise<LinkOutcome> {
  const nonce = random.bytes(16);
  const request = { method: "POST", path: EXCHANGE_PATH, body } as const;
  const signature = secrets.length === 0
    ? {}
    : signRequest(secrets, request, clock.wallMs(), nonce);
  const startMs = clock.nowMs();
  const outcome = await http.request({
    method: "POST",
    url: `http://${address}${EXCHANGE_PATH}`,
    headers: { "content-type": MESSAGE_MEDIA_TYPE, ...signature },
    body,
    timeoutMs,
    bodyBytesMax,
  });
  switch (outcome.kind) {
    case "refused":
      return { kind: "refused" };
    case "timeout":
      return { kind: "silent", reason: `no answer within ${Math.round(timeoutMs)} ms` };
    case "failed":
      return { kind: "silent", reason: outcome.reason };
    case "too_large":
      return { kind: "unusable", reason: `the answer is longer than ${bodyBytesMax} bytes` };
  }
  const { status } = outcome;
  if (status !== 200) {
    const reason = new TextDecoder().decode(outcome.body).trim().slice(0, REASON_LENGTH_MAX);
    const code = outcome.headers.get(REFUSAL_HEADER) ?? "";
    return { kind: "rejected", status, code, reason };
  }
  if (secrets.length > 0) {
    const answer = { nonce: nonce.toHex(), status, body: outcome.body };
    const verdict = verifyAnswer(secrets, answer, outcome.headers);
    if (verdict.kind === "rejected") {
      return { kind: "unusable", reason: `the answer's signature is wrong: ${verdict.reason}` };
    }
  }
  return read(outcome.body, clock.nowMs() - startMs);
}

function read(body: Uint8Array, rttMs: number): LinkOutcome {
  const decoded = decodeMessage(body);
  switch (decoded.kind) {
    case "message":
      return { kind: "answer", message: decoded.message, rttMs };
    case "malformed":
      return { kind: "unusable", reason: `the answer is malformed: ${decoded.reason}` };
    case "version":
      return { kind: "unusable", reason: `the answer has wire version ${decoded.received}` };
  }
}

import { createHmac } from "node:crypto";
import type { NonceCache } from "./nonce_cache.ts";
import { secretsEqual } from "./secret_compare.ts";

/** How far the sender's wall clock may be from the receiver's, either way, in milliseconds. */
export const SIGNATURE_WINDOW_MS = 300_000;

/** Signatures that one message may carry: one for each secret that may be valid at once. */
export const SIGNATURES_MAX = 2;

const encoder = new TextEncoder();
const TIME_HEADER = "muster-time";
const NONCE_HEADER = "muster-nonce";
const SIGNATURE_HEADER = "muster-signature";
const NONCE_SHAPE = /^[0-9a-f]{32}$/;
const SIGNATURE_SHAPE = /^[0-9a-f]{64}(, ?[0-9a-f]{64})?$/;
const TIME_SHAPE = /^[0-9]{1,15}$/;

/** The parts of a request that a signature covers, besides time and nonce. */
export interface SignableRequest {
  /** As it is sent: in upper case. */
  readonly method: string;
  /** The path with the query, as it is sent. */
  readonly path: string;
  readonly body: Uint8Array;
}

/** The parts of an answer that a signature covers. */
export interface SignableAnswer {
  /** The nonce of the request, so that an answer fits one request only. */
  readonly nonce: string;
  readonly status: number;
  readonly body: Uint8Array;
}

/** Why a request was not believed. `full`: the nonce cache had no room, so a replay could not be ruled out. */
export type RejectionReason = "missing" | "malformed" | "stale" | "replayed" | "signature" | "full";

/** What a receiver makes of a request. */
export type RequestVerdict =
  /** `secret` is the one both sides know: sign the answer with it. */
  | { readonly kind: "valid"; readonly nonce: string; readonly secret: string }
  /** `message` is a sentence for the log of either side; it holds no secret. */
  | { readonly kind: "rejected"; readonly reason: RejectionReason; readonly message: string };

/** What an asker makes of an answer. */
export type AnswerVerdict =
  | { readonly kind: "valid" }
  | { readonly kind: "rejected"; readonly reason: "missing" | "malformed" | "signature" };

/**
 * The headers that prove a request comes from who knows one of `secrets` (HMAC-SHA-256, RFC 2104).
 * It is signed with every secret, so in a rolling change from one secret to the next, pods that know
 * only the old one and pods that know both believe each other.
 *
 * @param secrets The current secret, and the previous one while both are valid; not empty.
 * @param nonce 16 random bytes, never used before.
 */
export function signRequest(
  secrets: readonly string[],
  request: SignableRequest,
  wallMs: number,
  nonce: Uint8Array,
): Record<string, string> {
  const time = String(Math.floor(wallMs));
  const nonceText = nonce.toHex();
  const signatures = secrets.slice(0, SIGNATURES_MAX)
    .map((secret) => requestSignature(secret, request, time, nonceText));
  return {
    [TIME_HEADER]: time,
    [NONCE_HEADER]: nonceText,
    [SIGNATURE_HEADER]: signatures.join(", "),
  };
}

/**
 * Decides whether a request was signed with one of `secrets`, lately, and is seen for the first time.
 * The nonce is remembered only if the signature is right, so a stranger cannot fill the cache.
 */
export function verifyRequest(
  secrets: readonly string[],
  request: SignableRequest,
  headers: Headers,
  wallMs: number,
  nonces: NonceCache,
): RequestVerdict {
  const time = headers.get(TIME_HEADER);
  const nonce = headers.get(NONCE_HEADER);
  const signature = headers.get(SIGNATURE_HEADER);
  if (time === null || nonce === null || signature === null) {
    return rejected(
      "missing",
      `it must carry ${TIME_HEADER}, ${NONCE_HEADER}, ${SIGNATURE_HEADER}`,
    );
  }
  if (!TIME_SHAPE.test(time) || !NONCE_SHAPE.test(nonce) || !SIGNATURE_SHAPE.test(signature)) {
    return rejected("malformed", "a signature header does not have the form that Muster sends");
  }
  const skewMs = Number(time) - wallMs;
  if (Math.abs(skewMs) > SIGNATURE_WINDOW_MS) return rejected("stale", staleMessage(skewMs));
  const presented = signature.split(/, ?/);
  const secret = secrets.find((known) =>
    anyEqual(presented, requestSignature(known, request, time, nonce))
  );
  if (secret === undefined) {
    return rejected("signature", "it is signed with no secret that this node knows");
  }
  switch (nonces.remember(nonce, Number(time) + SIGNATURE_WINDOW_MS, wallMs)) {
    case "replayed":
      return rejected("replayed", "its nonce was used before");
    case "full":
      return rejected("full", "more requests came within the time window than can be remembered");
    case "new":
      return { kind: "valid", nonce, secret };
  }
}

/** The header that proves who answers. Sign with the secret that {@link verifyRequest} returned. */
export function signAnswer(secret: string, answer: SignableAnswer): Record<string, string> {
  return { [SIGNATURE_HEADER]: answerSignature(secret, answer) };
}

/** Decides whether an answer to the request with `answer.nonce` was signed with one of `secrets`. */
export function verifyAnswer(
  secrets: readonly string[],
  answer: SignableAnswer,
  headers: Headers,
): AnswerVerdict {
  const signature = headers.get(SIGNATURE_HEADER);
  if (signature === null) return { kind: "rejected", reason: "missing" };
  if (!SIGNATURE_SHAPE.test(signature)) return { kind: "rejected", reason: "malformed" };
  const presented = signature.split(/, ?/);
  const valid = secrets.some((secret) => anyEqual(presented, answerSignature(secret, answer)));
  return valid ? { kind: "valid" } : { kind: "rejected", reason: "signature" };
}

function requestSignature(
  secret: string,
  request: SignableRequest,
  time: string,
  nonce: string,
): string {
  const { method, path, body } = request;
  return signature(secret, ["muster request 1", method, path, time, nonce], body);
}

function answerSignature(secret: string, { nonce, status, body }: SignableAnswer): string {
  return signature(secret, ["muster answer 1", nonce, String(status)], body);
}

/**
 * The first text says what is signed, so a request's signature never fits an answer. Each part is
 * preceded by its length: no two different lists of parts are the same bytes. They are hashed in two
 * pieces, as each is a call out of the JavaScript engine.
 */
function signature(secret: string, texts: readonly string[], body: Uint8Array): string {
  const parts = texts.map((text) => encoder.encode(text));
  const head = new Uint8Array(parts.reduce((sum, { length }) => sum + 4 + length, 4));
  const view = new DataView(head.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    head.set(part, at + 4);
    at += 4 + part.length;
  }
  view.setUint32(at, body.length);
  return createHmac("sha256", secret).update(head).update(body).digest("hex");
}

function anyEqual(presented: readonly string[], expected: string): boolean {
  return presented.some((one) => secretsEqual(one, expected));
}

function staleMessage(skewMs: number): string {
  const skew = (Math.abs(skewMs) / 1000).toFixed(1);
  return `its time must be within ${SIGNATURE_WINDOW_MS / 1000} s of this node's clock: received ` +
    `one ${skew} s ${skewMs < 0 ? "behind" : "ahead"}; synchronise the clocks of both machines`;
}

function rejected(reason: RejectionReason, rule: string): RequestVerdict {
  return { kind: "rejected", reason, message: `Cannot accept the request: ${rule}.` };
}

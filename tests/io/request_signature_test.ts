import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { NonceCache } from "../../src/io/nonce_cache.ts";
import {
  type RequestVerdict,
  signAnswer,
  SIGNATURE_WINDOW_MS,
  signRequest,
  verifyAnswer,
  verifyRequest,
} from "../../src/io/request_signature.ts";

const OLD = "the-old-secret-of-the-cluster";
const NEW = "the-new-secret-of-the-cluster";
const WALL_MS = 1_800_000_000_000;
const NONCE = new Uint8Array(16).fill(7);
const NONCE_TEXT = "07".repeat(16);
const REQUEST = {
  method: "POST",
  path: "/cluster/exchange?v=1",
  body: new TextEncoder().encode("digest"),
};

function verify(
  secrets: readonly string[],
  headers: Record<string, string>,
  { request = REQUEST, wallMs = WALL_MS, nonces = new NonceCache() } = {},
): RequestVerdict {
  return verifyRequest(secrets, request, new Headers(headers), wallMs, nonces);
}

function reasonOf(verdict: RequestVerdict): string {
  return verdict.kind === "valid" ? "valid" : verdict.reason;
}

Deno.test("verifyRequest believes what signRequest signed with the same secret", () => {
  const headers = signRequest([NEW], REQUEST, WALL_MS, NONCE);
  assertEquals(verify([NEW], headers), { kind: "valid", nonce: NONCE_TEXT, secret: NEW });
});

Deno.test("signRequest gives a fixed signature, so that versions of Muster understand each other", () => {
  assertEquals(signRequest([NEW], REQUEST, WALL_MS, NONCE), {
    "muster-time": "1800000000000",
    "muster-nonce": NONCE_TEXT,
    "muster-signature": "8c7878e63d41705d3cb01bcd9dcf1eb8b7dab600023c222605e568d8d9a4938c",
  });
});

Deno.test("verifyRequest believes across a change of secret, in every mix of old and new pods", () => {
  const stages = [[OLD], [NEW, OLD], [NEW]];
  for (let i = 0; i < stages.length; i++) {
    for (let j = Math.max(0, i - 1); j <= Math.min(stages.length - 1, i + 1); j++) {
      const headers = signRequest(stages[i]!, REQUEST, WALL_MS, NONCE);
      const verdict = verify(stages[j]!, headers);
      assert(verdict.kind === "valid", `${stages[i]} asks ${stages[j]}`);
      const answer = { nonce: verdict.nonce, status: 200, body: NONCE };
      const answerHeaders = new Headers(signAnswer(verdict.secret, answer));
      assertEquals(verifyAnswer(stages[i]!, answer, answerHeaders), { kind: "valid" });
    }
  }
  assertEquals(reasonOf(verify([NEW], signRequest([OLD], REQUEST, WALL_MS, NONCE))), "signature");
});

Deno.test("verifyRequest rejects a request of which any part was changed", () => {
  const headers = signRequest([NEW], REQUEST, WALL_MS, NONCE);
  const changes: (typeof REQUEST)[] = [
    { ...REQUEST, method: "GET" },
    { ...REQUEST, path: "/cluster/exchange?v=2" },
    { ...REQUEST, body: new TextEncoder().encode("digesT") },
    { ...REQUEST, body: new Uint8Array() },
    // The same bytes in a row, split elsewhere.
    { method: "POST/", path: "cluster/exchange?v=1", body: REQUEST.body },
  ];
  for (const request of changes) {
    assertEquals(reasonOf(verify([NEW], headers, { request })), "signature");
  }
  const later = { ...headers, "muster-time": String(WALL_MS + 1) };
  assertEquals(reasonOf(verify([NEW], later)), "signature");
  const renewed = { ...headers, "muster-nonce": "08".repeat(16) };
  assertEquals(reasonOf(verify([NEW], renewed)), "signature");
});

Deno.test("verifyRequest says by how much the clocks differ when a request is stale", () => {
  const nowMs = WALL_MS + SIGNATURE_WINDOW_MS + 12_300;
  const headers = signRequest([NEW], REQUEST, WALL_MS, NONCE);
  const behind = verify([NEW], headers, { wallMs: nowMs });
  assert(behind.kind === "rejected" && behind.reason === "stale");
  assertStringIncludes(behind.message, "must be within 300 s");
  assertStringIncludes(behind.message, "312.3 s behind");
  const ahead = verify([NEW], headers, { wallMs: WALL_MS - SIGNATURE_WINDOW_MS - 1_000 });
  assert(ahead.kind === "rejected" && ahead.reason === "stale");
  assertStringIncludes(ahead.message, "301.0 s ahead");
  for (const wallMs of [WALL_MS + SIGNATURE_WINDOW_MS, WALL_MS - SIGNATURE_WINDOW_MS]) {
    assertEquals(reasonOf(verify([NEW], headers, { wallMs })), "valid");
  }
});

Deno.test("verifyRequest rejects a replay for as long as its time is within the window", () => {
  const nonces = new NonceCache();
  // From a clock that is as fast as can be: it stays within the window for twice as long.
  const headers = signRequest([NEW], REQUEST, WALL_MS + SIGNATURE_WINDOW_MS, NONCE);
  assertEquals(reasonOf(verify([NEW], headers, { nonces })), "valid");
  const lastMs = WALL_MS + 2 * SIGNATURE_WINDOW_MS;
  assertEquals(reasonOf(verify([NEW], headers, { nonces, wallMs: lastMs })), "replayed");
  assertEquals(reasonOf(verify([NEW], headers, { nonces, wallMs: lastMs + 1 })), "stale");
});

Deno.test("verifyRequest does not remember the nonce of a wrong signature", () => {
  const nonces = new NonceCache();
  verify([NEW], signRequest([OLD], REQUEST, WALL_MS, NONCE), { nonces });
  assertEquals(nonces.size, 0);
  const headers = signRequest([NEW], REQUEST, WALL_MS, NONCE);
  assertEquals(reasonOf(verify([NEW], headers, { nonces })), "valid");
});

Deno.test("verifyRequest rejects as full when the nonce has no room", () => {
  const nonces = new NonceCache(0);
  const headers = signRequest([NEW], REQUEST, WALL_MS, NONCE);
  assertEquals(reasonOf(verify([NEW], headers, { nonces })), "full");
});

Deno.test("verifyRequest tells missing headers from malformed ones, and no message holds a secret", () => {
  const good = signRequest([NEW], REQUEST, WALL_MS, NONCE);
  for (const name of Object.keys(good)) {
    const headers = new Headers(good);
    headers.delete(name);
    const verdict = verifyRequest([NEW], REQUEST, headers, WALL_MS, new NonceCache());
    assertEquals(reasonOf(verdict), "missing", name);
  }
  const malformed: Record<string, string>[] = [
    { "muster-time": "-1" },
    { "muster-time": "1e12" },
    { "muster-nonce": "07" },
    { "muster-signature": "abc" },
    { "muster-signature": `${"a".repeat(64)}, ${"b".repeat(64)}, ${"c".repeat(64)}` },
  ];
  for (const change of malformed) {
    const verdict = verify([NEW], { ...good, ...change });
    assertEquals(reasonOf(verdict), "malformed", JSON.stringify(change));
    assert(verdict.kind === "rejected" && !verdict.message.includes(NEW));
  }
});

Deno.test("verifyAnswer binds status, body and the nonce of the request", () => {
  const answer = { nonce: NONCE_TEXT, status: 200, body: REQUEST.body };
  const headers = new Headers(signAnswer(NEW, answer));
  assertEquals(verifyAnswer([NEW], answer, headers), { kind: "valid" });
  const changes = [
    { ...answer, nonce: "08".repeat(16) },
    { ...answer, status: 503 },
    { ...answer, body: new Uint8Array() },
  ];
  for (const changed of changes) {
    assertEquals(verifyAnswer([NEW], changed, headers), { kind: "rejected", reason: "signature" });
  }
  assertEquals(verifyAnswer([NEW], answer, new Headers()).kind, "rejected");
  const malformed = new Headers({ "muster-signature": "no" });
  assertEquals(verifyAnswer([NEW], answer, malformed), { kind: "rejected", reason: "malformed" });
});

Deno.test("signRequest gives different signatures for different requests, however their parts are split", () => {
  const part = fc.string({ maxLength: 6 });
  const body = fc.uint8Array({ maxLength: 6 });
  const request = fc.record({ method: part, path: part, body });
  const signatureOf = (one: { method: string; path: string; body: Uint8Array }) =>
    signRequest([NEW], one, WALL_MS, NONCE)["muster-signature"];
  fc.assert(fc.property(request, request, (a, b) => {
    const same = a.method === b.method && a.path === b.path && a.body.join() === b.body.join();
    return (signatureOf(a) === signatureOf(b)) === same;
  }));
  assertNotEquals(
    signatureOf({ method: "ab", path: "c", body: new Uint8Array() }),
    signatureOf({ method: "a", path: "bc", body: new Uint8Array() }),
  );
});

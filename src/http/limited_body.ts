import type { Clock } from "../io/clock.ts";

/** What came of reading a request's body. */
export type LimitedBody =
  | { readonly kind: "body"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "too_large" }
  | { readonly kind: "too_slow" }
  | { readonly kind: "broken" };

/**
 * Reads a body of at most `bytesMax` bytes that arrives within `timeoutMs`. A caller that announces
 * more, or sends more, is told so before the rest is read.
 */
export async function readLimitedBody(
  request: Request,
  bytesMax: number,
  timeoutMs: number,
  clock: Clock,
): Promise<LimitedBody> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > bytesMax) {
    await request.body?.cancel();
    return { kind: "too_large" };
  }
  if (request.body === null) return { kind: "body", bytes: new Uint8Array() };
  const reader = request.body.getReader();
  let isTooSlow = false;
  const cancelTimer = clock.after(timeoutMs, () => {
    isTooSlow = true;
    reader.cancel().catch(() => {});
  });
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (isTooSlow) return { kind: "too_slow" };
      if (done) break;
      length += value.length;
      if (length > bytesMax) {
        await reader.cancel();
        return { kind: "too_large" };
      }
      chunks.push(value);
    }
    return { kind: "body", bytes: joined(chunks, length) };
  } catch {
    return { kind: isTooSlow ? "too_slow" : "broken" };
  } finally {
    cancelTimer();
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

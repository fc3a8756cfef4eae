import { assertEquals } from "@std/assert";
import { readLimitedBody } from "../../src/http/limited_body.ts";
import { FakeClock, settle } from "../fake_clock.ts";

function requestOf(body: BodyInit | null, headers: Record<string, string> = {}): Request {
  return new Request("http://a/", { method: "POST", body, headers });
}

function chunks(...sizes: readonly number[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(sizes.map((size) => new Uint8Array(size).fill(1)));
}

Deno.test("readLimitedBody reads a body of up to the limit, in whatever pieces it comes", async () => {
  for (const body of [null, "", new Uint8Array(10), chunks(3, 0, 7)]) {
    const clock = new FakeClock();
    const read = await readLimitedBody(requestOf(body), 10, 1_000, clock);
    assertEquals(read.kind, "body");
    assertEquals(clock.pending, 0, "the timer is gone");
  }
});

Deno.test("readLimitedBody stops at a body that is longer, or says that it will be", async () => {
  const clock = new FakeClock();
  const bodies = [
    requestOf(new Uint8Array(11)),
    requestOf(chunks(5, 6)),
    requestOf(chunks(1), { "content-length": "11" }),
  ];
  for (const request of bodies) {
    assertEquals(await readLimitedBody(request, 10, 1_000, clock), { kind: "too_large" });
  }
  assertEquals(clock.pending, 0);
});

Deno.test("readLimitedBody gives up on a body that does not come in time", async () => {
  const clock = new FakeClock();
  let isCancelled = false;
  const body = new ReadableStream({ cancel: () => void (isCancelled = true) });
  const read = readLimitedBody(requestOf(body), 10, 1_000, clock);
  await settle();
  await clock.advance(1_000);
  assertEquals([await read, isCancelled], [{ kind: "too_slow" }, true]);
});

Deno.test("readLimitedBody says so when a body breaks off", async () => {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  const read = await readLimitedBody(requestOf(body), 10, 1_000, new FakeClock());
  assertEquals(read, { kind: "broken" });
});

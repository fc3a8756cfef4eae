import { assertEquals, assertRejects } from "@std/assert";
import { countedBody } from "../../src/http/counted_body.ts";

/** An answer whose body comes in the given pieces and then fails with `error`, if there is one. */
function pieces(texts: readonly string[], error?: Error): Response {
  const rest = [...texts];
  const cancelled: unknown[] = [];
  const body = new ReadableStream({
    pull(controller) {
      const next = rest.shift();
      if (next !== undefined) controller.enqueue(new TextEncoder().encode(next));
      else if (error !== undefined) controller.error(error);
      else controller.close();
    },
    cancel: (reason) => void cancelled.push(reason),
  });
  return new Response(body, { status: 201, headers: { "x-cancelled": "0" } });
}

Deno.test("countedBody counts the bytes of a body that is read, and changes nothing else", async () => {
  const ends: number[] = [];
  const counted = countedBody(pieces(["häh", "lo"]), (bytes) => ends.push(bytes));
  assertEquals([counted.status, counted.headers.get("x-cancelled"), ends], [201, "0", []]);
  assertEquals(await counted.text(), "hählo");
  assertEquals(ends, [6]);
});

Deno.test("countedBody tells what was sent of a body that fails or is given up, once", async () => {
  const ends: number[] = [];
  const failing = countedBody(pieces(["abc"], new TypeError("cut")), (bytes) => ends.push(bytes));
  await assertRejects(() => failing.text(), TypeError, "cut");
  assertEquals(ends, [3]);
  const given = countedBody(pieces(["abc", "def"]), (bytes) => ends.push(bytes));
  const reader = given.body!.getReader();
  await reader.read();
  await reader.cancel("enough");
  assertEquals(ends, [3, 3]);
});

Deno.test("countedBody reads nothing that nobody asks for, and takes an answer without a body", () => {
  let pulls = 0;
  const source = new ReadableStream({ pull: () => void pulls++ }, { highWaterMark: 0 });
  countedBody(new Response(source), () => {});
  assertEquals(pulls, 0);
  const ends: number[] = [];
  const empty = new Response(null, { status: 204 });
  assertEquals(countedBody(empty, (bytes) => ends.push(bytes)) === empty, true);
  assertEquals(ends, [0]);
});

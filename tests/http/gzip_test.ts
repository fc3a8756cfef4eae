import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { gunzipSync } from "node:zlib";
import { gzipped } from "../../src/http/gzip.ts";
import { joined } from "../exposition/rendered.ts";

const CHUNKS = fc.array(
  fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.constantFrom(1, 5_000, 70_000)).map(
    ([bytes, times]) => {
      const chunk = new Uint8Array(bytes.length * times);
      for (let i = 0; i < times; i++) chunk.set(bytes, i * bytes.length);
      return chunk;
    },
  ),
  { maxLength: 4 },
);

async function decompressed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

Deno.test("gzipped makes one gzip member that decompresses to the chunks", async () => {
  await fc.assert(
    fc.asyncProperty(CHUNKS, async (chunks) => {
      const compressed = joined(gzipped(chunks));
      // The stream of the platform reads one member and throws at anything behind it.
      assertEquals(await decompressed(compressed), joined(chunks));
      assertEquals(new Uint8Array(gunzipSync(compressed)), joined(chunks));
    }),
    { numRuns: 30 },
  );
});

Deno.test("gzipped passes empty chunks on, and divides large ones", () => {
  const pieces = [...gzipped([new Uint8Array(0), new Uint8Array(200_000)])];
  assertEquals(pieces.map(({ length }) => length === 0), [false, true, ...Array(5).fill(false)]);
});

Deno.test("gzipped takes a chunk only when it is asked for more", () => {
  let taken = 0;
  const chunks = function* () {
    while (true) yield new Uint8Array(++taken);
  };
  const compressed = gzipped(chunks());
  compressed.next();
  assertEquals(taken, 0);
  compressed.next();
  assertEquals(taken, 1);
  assert(compressed.return!().done);
});

import { assertEquals } from "@std/assert";
import { acceptsGzip } from "../../src/exposition/accept_encoding.ts";

Deno.test("acceptsGzip says yes only to who asks for gzip", () => {
  const cases: [string | undefined, boolean][] = [
    [undefined, false],
    ["", false],
    ["gzip", true],
    ["GZIP", true],
    ["x-gzip", true],
    ["identity", false],
    ["deflate, br, zstd", false],
    ["gzip, deflate, br", true],
    ["gzip;q=0", false],
    ["gzip;q=0.0, *", false],
    ["gzip;q=0.001", true],
    ["*", true],
    ["*;q=0", false],
    ["identity;q=1, gzip;q=0.5", false],
    ["identity;q=0.5, gzip;q=1.0", true],
    ["gzip, identity", true],
    ["gzipped", false],
  ];
  for (const [header, expected] of cases) assertEquals(acceptsGzip(header), expected, header);
});

import { assertEquals } from "@std/assert";
import { scrapeTimeout } from "../../src/http/metrics_routes.ts";

Deno.test("scrapeTimeout leaves a margin of what the scraper says, or of the default", () => {
  const table: readonly (readonly [string | undefined, number])[] = [
    ["10", 9_500],
    ["10.000000", 9_500],
    ["1", 900],
    ["0.1", 90],
    [undefined, 7_500],
    ["", 7_500],
    ["0", 7_500],
    ["-3", 7_500],
    ["soon", 7_500],
    ["NaN", 7_500],
    ["Infinity", 599_500],
    ["1e99", 599_500],
  ];
  for (const [header, timeoutMs] of table) {
    assertEquals(scrapeTimeout(header, 8_000), timeoutMs, `${header}`);
  }
});

import { assertEquals } from "@std/assert";
import { nearest } from "../../src/http/near_names.ts";

Deno.test("nearest gives names that contain the word first, then the least misspelled, five at most", () => {
  const known = ["http_requests_total", "http_errors_total", "requests", "cpu", "ab", "zzzzzz"];
  assertEquals(nearest("requests", known).slice(0, 2), ["requests", "http_requests_total"]);
  assertEquals(nearest("cup", known)[0], "cpu");
  assertEquals(nearest("http_request_total", known)[0], "http_requests_total");
  assertEquals(nearest("x", known).length, 5);
  assertEquals(nearest("x", []), []);
});

Deno.test("nearest takes no longer for a word of a million letters", () => {
  const known = Array.from({ length: 20_000 }, (_, i) => `metric_${i}`);
  assertEquals(nearest("x".repeat(1_000_000), known).length, 5);
});

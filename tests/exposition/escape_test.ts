import { assertEquals } from "@std/assert";
import { escapeHelp, escapeLabelValue } from "../../src/exposition/escape.ts";

Deno.test("escapeHelp escapes backslash and newline, and leaves quotes alone", () => {
  assertEquals(escapeHelp('a "b" \\ c\nd\\n'), 'a "b" \\\\ c\\nd\\\\n');
});

Deno.test("escapeLabelValue escapes backslash, quote and newline, and nothing else", () => {
  assertEquals(
    escapeLabelValue('a "b" \\ c\nd\\n\r\t{}=,é😀'),
    'a \\"b\\" \\\\ c\\nd\\\\n\r\t{}=,é😀',
  );
});

import { assertEquals } from "@std/assert";
import { SseReader } from "../../src/demo/sse_reader.ts";

Deno.test("SseReader gives the data of events, however the stream is cut", () => {
  const text = `: hello\n\nid: 1\nevent: up\ndata: {"a":"data: x"}\n\nid: 2\ndata: 2\n\n`;
  for (let size = 1; size <= text.length; size++) {
    const reader = new SseReader();
    const found: string[] = [];
    for (let at = 0; at < text.length; at += size) {
      found.push(...reader.push(text.slice(at, at + size)));
    }
    assertEquals(found, [`{"a":"data: x"}`, "2"]);
  }
});

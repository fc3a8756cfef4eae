import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { FIELD_CHARS_MAX, jsonLine, LINE_CHARS_MAX, prettyLine } from "../../src/io/log_line.ts";

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 6);

Deno.test("jsonLine writes time, level, message and the fields in this order", () => {
  assertEquals(
    jsonLine("warning", AT_MS, 'A "peer" is down.\n', { node: "muster-1", seq: 7n, up: false }),
    '{"time":"2026-01-02T03:04:05.006Z","level":"warning","message":"A \\"peer\\" is down.\\n",' +
      '"node":"muster-1","seq":"7","up":false}\n',
  );
});

Deno.test("jsonLine keeps its own properties when a field has the same name", () => {
  const line = JSON.parse(jsonLine("info", AT_MS, "m", { time: 1, level: 2, message: 3 }));
  assertEquals([line.level, line.message], ["info", "m"]);
  assertEquals([line.time_, line.level_, line.message_], [1, 2, 3]);
});

Deno.test("jsonLine writes an error with name, message and stack, also within a field", () => {
  const line = JSON.parse(jsonLine("error", AT_MS, "m", { error: new TypeError("no"), a: [1n] }));
  assertStringIncludes(line.error, "TypeError: no\n    at ");
  assertEquals(line.a, ["1"]);
});

Deno.test("jsonLine drops the fields, not the line, when they are too long or have no JSON", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`field${i}`, i]));
  for (const fields of [{ cyclic }, many]) {
    const text = jsonLine("info", AT_MS, "m", fields);
    assert(text.length <= LINE_CHARS_MAX);
    assertEquals(Object.keys(JSON.parse(text)), ["time", "level", "message", "truncated"]);
  }
});

Deno.test("jsonLine cuts long strings", () => {
  const line = JSON.parse(jsonLine("info", AT_MS, "x".repeat(9_000), { a: "y".repeat(9_000) }));
  assertEquals([line.message.length, line.a.length], [FIELD_CHARS_MAX + 1, FIELD_CHARS_MAX + 1]);
});

Deno.test("jsonLine is one line of JSON, whatever it is given", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.dictionary(fc.string(), fc.anything()), (
    message,
    fields,
  ) => {
    const line = jsonLine("info", AT_MS, message, fields);
    assertEquals(line.indexOf("\n"), line.length - 1);
    assertEquals(JSON.parse(line).level, "info");
  }));
});

Deno.test("prettyLine writes time of day, level, message and fields", () => {
  assertEquals(
    prettyLine("info", AT_MS, "Started.", { port: 4021, name: "a b" }, false),
    '03:04:05.006 info    Started. port=4021 name="a b"\n',
  );
});

Deno.test("prettyLine lets no control character of a message or field reach the terminal", () => {
  const line = prettyLine("info", AT_MS, "a\x1b[2Jb\nc\x9bd", { "e\x1b": "f\x07" }, false);
  assertEquals(line, '03:04:05.006 info    a\\x1b[2Jb\\x0ac\\x9bd e\\x1b="f\\u0007"\n');
});

Deno.test("prettyLine colours the level if asked to", () => {
  assertStringIncludes(prettyLine("error", AT_MS, "m", {}, true), "\x1b[31merror  \x1b[0m");
});

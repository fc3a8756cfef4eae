import { assert, assertEquals } from "@std/assert";
import { type Branch, compileLookup } from "../../src/metrics/compiled_lookup.ts";
import type { LabelValue } from "../../src/metrics/label_values.ts";

interface Handle {
  readonly at: string;
}

const ROOT: Branch<Handle> = new Map([
  ["GET", new Map([["200", { at: "GET 200" }], ["500", { at: "GET 500" }]])],
  ["POST", new Map([["200", { at: "POST 200" }]])],
]);

Deno.test("compileLookup finds what is kept, whatever the order of the labels and their types", () => {
  const find = compileLookup(ROOT, ["method", "status"]);
  assert(find !== null);
  const table: readonly (readonly [unknown, string | undefined])[] = [
    [{ method: "GET", status: "500" }, "GET 500"],
    [{ status: 200, method: "POST" }, "POST 200"],
    [{ method: "POST", status: "500" }, undefined],
    [{ method: "GET" }, undefined],
    [{ method: "GET", status: null }, undefined],
    [{ method: "GET", status: "200", more: "x" }, undefined],
    [undefined, undefined],
    [null, undefined],
  ];
  for (const [labels, at] of table) {
    assertEquals(find(labels as Record<string, LabelValue>)?.at, at, JSON.stringify(labels));
  }
});

Deno.test("compileLookup puts no label name into code as it is", () => {
  const hostile = '"];globalThis.hacked=true;["';
  const find = compileLookup<Handle>(new Map([["x", { at: "x" }]]), [hostile]);
  assertEquals(find?.({ [hostile]: "x" })?.at, "x");
  assertEquals("hacked" in globalThis, false);
});

Deno.test("labels are found the same where code must not be made from text", async () => {
  const program = `
    import { Registry } from "./src/metrics/registry.ts";
    const counter = new Registry().counter({ name: "c_total", help: "", labels: ["a", "b"] });
    counter.inc({ a: "x", b: "y" });
    counter.inc({ b: "y", a: "x" });
    let refused = false;
    try { counter.inc({ a: "x", b: "y", c: "z" }); } catch { refused = true; }
    console.log(counter.labels({ a: "x", b: "y" }).value, refused);
  `;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--v8-flags=--disallow-code-generation-from-strings", program],
    cwd: new URL("../..", import.meta.url),
    stderr: "inherit",
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(new TextDecoder().decode(stdout), "2 true\n");
});

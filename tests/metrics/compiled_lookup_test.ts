import { assert, assertEquals } from "@std/assert";
import { type Branch, compileCall, type Labels } from "../../src/metrics/compiled_lookup.ts";

interface Handle {
  readonly at: string;
}

const ROOT: Branch<Handle> = new Map([
  ["GET", new Map([["200", { at: "GET 200" }], ["500", { at: "GET 500" }]])],
  ["POST", new Map([["200", { at: "POST 200" }]])],
]);

/** Gives what is kept under labels; undefined where the call does `other`. */
function finder(root: Branch<Handle>, names: readonly string[]) {
  const call = compileCall<Handle, never, never, string | undefined>(
    root,
    names,
    ({ at }) => at,
    () => undefined,
  );
  assert(call !== null);
  return call;
}

Deno.test("compileCall finds what is kept, whatever the order of the labels and their types", () => {
  const find = finder(ROOT, ["method", "status"]);
  const table: readonly (readonly [unknown, string | undefined])[] = [
    [{ method: "GET", status: "500" }, "GET 500"],
    [{ status: 200, method: "POST" }, "POST 200"],
    [{ status: 404, method: "POST" }, undefined],
    [{ status: {}, method: "POST" }, undefined],
    [{ method: "POST", status: "500" }, undefined],
    [{ method: "GET" }, undefined],
    [{ method: "GET", status: null }, undefined],
    [{ method: "GET", status: "200", more: "x" }, undefined],
    [undefined, undefined],
    [null, undefined],
  ];
  for (const [labels, at] of table) {
    assertEquals(find(labels as Labels), at, JSON.stringify(labels));
  }
});

Deno.test("compileCall hands labels and arguments on to what does the rest", () => {
  const calls: unknown[] = [];
  const call = compileCall<Handle, number, string, void>(
    ROOT,
    ["method", "status"],
    ({ at }, a, b) => void calls.push([at, a, b]),
    (labels, a, b) => void calls.push([labels, a, b]),
  );
  call?.({ method: "GET", status: 200 }, 1, "x");
  call?.({ method: "PUT", status: 200 }, 2);
  assertEquals(calls, [["GET 200", 1, "x"], [{ method: "PUT", status: 200 }, 2, undefined]]);
});

Deno.test("compileCall puts no label name into code as it is", () => {
  const hostile = '"];globalThis.hacked=true;["';
  const find = finder(new Map([["x", { at: "x" }]]), [hostile]);
  assertEquals(find({ [hostile]: "x" }), "x");
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

import { assertEquals } from "@std/assert";
import { mapLabelNames } from "../../src/sources/source_labels.ts";

Deno.test("mapLabelNames puts exported_ before a name that is kept, again until the name is free", () => {
  const mapped = (foreign: readonly string[], own: Readonly<Record<string, string>> = {}) =>
    mapLabelNames(foreign, { own, isPerNode: true, state: null }).names;
  assertEquals(mapped(["a.b", "1c"]), ["a_b", "_1c"]);
  assertEquals(mapped(["node", "a"]), ["exported_node", "a"]);
  assertEquals(mapped(["node", "exported_node"]), ["exported_exported_node", "exported_node"]);
  assertEquals(mapped(["exported_node", "node"], { exported_node: "x" }), [
    "exported_exported_exported_node",
    "exported_exported_node",
    "exported_node",
  ]);
});

Deno.test("mapLabelNames calls the label of a state set as its family is called here", () => {
  const { names, key } = mapLabelNames(["st", "a"], {
    own: { db: "x" },
    isPerNode: true,
    state: { from: "st", to: "my_st" },
  });
  assertEquals(names, ["my_st", "a", "db"]);
  assertEquals(key, "a,db,my_st");
});

import { assertEquals } from "@std/assert";
import { columnReader, LABEL_LENGTH_MAX, labelMaker } from "../../src/plugins/label_reader.ts";

const COLUMNS = [
  { key: "plan", mapper: null },
  { key: 'a"b', mapper: (value: string) => `<${value}>` },
];
const METADATA = [
  [{ plan: "pro", 'a"b': "x" }, ["pro", "<x>"]],
  [{ plan: 7, 'a"b': true }, ["7", "<true>"]],
  [{ plan: null, more: 1 }, ["", "<>"]],
  [{ plan: {}, 'a"b': Symbol("x") }, ["", "<>"]],
  [{ plan: "x".repeat(LABEL_LENGTH_MAX + 1) }, ["x".repeat(LABEL_LENGTH_MAX), "<>"]],
] as const;

function check(): void {
  const read = columnReader(COLUMNS);
  const make = labelMaker(["via", "plan"], [1, 0]);
  for (const [metadata, expected] of METADATA) {
    const values: string[] = [];
    read(metadata, values);
    assertEquals(values, [...expected]);
    assertEquals(make(values), { via: expected[1], plan: expected[0] });
  }
}

Deno.test("labels are read as text, cut, and empty where there are none", check);

Deno.test("labels are read likewise where code must not be made from text", () => {
  const { Function: compile } = globalThis;
  try {
    globalThis.Function = function () {
      throw new EvalError("Code generation from strings disallowed for this context");
    } as unknown as FunctionConstructor;
    check();
  } finally {
    globalThis.Function = compile;
  }
});

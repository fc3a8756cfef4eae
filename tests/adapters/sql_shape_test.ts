import { assertEquals } from "@std/assert";
import { SHAPES_MAX, SqlShapes } from "../../src/adapters/sql_shape.ts";

const CASES: readonly (readonly [text: string, command: string, source: string])[] = [
  ["SELECT 1", "select", ""],
  ["select * from orders where id = $1", "select", "orders"],
  ["SELECT o.* FROM public.Orders o JOIN lines l ON l.order_id = o.id", "select", "public.orders"],
  ['SELECT * FROM "Order Lines"', "select", "Order Lines"],
  ["SELECT extract(year FROM made_at) FROM orders", "select", "orders"],
  ["SELECT 'from secrets', a FROM orders", "select", "orders"],
  ["SELECT a IS DISTINCT FROM b FROM orders", "select", "orders"],
  ["SELECT (SELECT max(id) FROM lines) FROM orders", "select", "orders"],
  ["-- from comments\n/* from comments */ SELECT a FROM orders", "select", "orders"],
  ["SELECT $tag$ from secrets $tag$ FROM orders", "select", "orders"],
  ["(SELECT a FROM orders)", "select", ""],
  ["INSERT INTO orders (plan) VALUES ($1)", "insert", "orders"],
  ["insert or ignore into orders values (1)", "insert", "orders"],
  ["REPLACE INTO orders VALUES (1)", "replace", "orders"],
  ["UPDATE ONLY orders SET plan = 'from x'", "update", "orders"],
  ["DELETE FROM orders", "delete", "orders"],
  ["TRUNCATE TABLE orders", "truncate", "orders"],
  ["WITH old AS (SELECT * FROM orders) SELECT * FROM old", "with", ""],
  ["BEGIN", "begin", ""],
  ["  commit;", "commit", ""],
  ["PRAGMA journal_mode = wal", "pragma", ""],
  ["tenant_4711_command", "other", ""],
  ["", "other", ""],
  ["'unterminated", "other", ""],
  [`SELECT a FROM ${"x".repeat(200)}`, "select", ""],
  [`INSERT INTO orders VALUES ${"(1),".repeat(100_000)}(1)`, "insert", "orders"],
  [`SELECT ${"(".repeat(5_000)}`, "select", ""],
];

Deno.test("SqlShapes tells the verb of a statement, and the table of a simple one", () => {
  const shapes = new SqlShapes();
  for (const [text, command, source] of CASES) {
    assertEquals([text.slice(0, 80), shapes.of(text)], [text.slice(0, 80), { command, source }]);
  }
});

Deno.test("SqlShapes reads what it does not remember", () => {
  const shapes = new SqlShapes();
  for (let i = 0; i < SHAPES_MAX + 10; i++) shapes.of(`SELECT ${i} FROM orders`);
  assertEquals(shapes.of(`SELECT ${SHAPES_MAX + 20} FROM lines`).source, "lines");
  assertEquals(shapes.of("SELECT 3 FROM orders").source, "orders");
});

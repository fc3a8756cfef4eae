import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { measureSqlite } from "../../src/adapters/sqlite.ts";
import type { DatabaseOptions } from "../../src/adapters/query_events.ts";
import { FakeClock } from "../fake_clock.ts";
import { HeardEvents } from "./heard_events.ts";

function measured(options: DatabaseOptions = {}) {
  const heard = new HeardEvents();
  const database = new DatabaseSync(":memory:");
  const restore = measureSqlite({ bus: heard.bus }, database, options);
  const stops = () =>
    heard.of("database.query.stop").map(([, { rows }, { command, source }]) => [
      command,
      source,
      rows,
    ]);
  return { heard, database, restore, stops };
}

Deno.test("measureSqlite measures every way to run a statement, and gives its result", () => {
  const { heard, database, stops } = measured({ repo: "cache" });
  database.exec("CREATE TABLE entries (key TEXT, size INT)");
  const insert = database.prepare("INSERT INTO entries VALUES (?, ?)");
  assertEquals(insert.run("a", 1).changes, 1);
  insert.run("b", 2);
  const select = database.prepare("SELECT key FROM entries WHERE size >= :least ORDER BY key");
  assertEquals(select.all({ least: 1 }).map(({ key }) => key), ["a", "b"]);
  assertEquals(select.get({ least: 2 })?.key, "b");
  assertEquals(select.get({ least: 9 }), undefined);
  assertEquals(Array.from(select.iterate({ least: 1 }), ({ key }) => key), ["a", "b"]);
  for (const { key } of select.iterate({ least: 1 })) {
    assertEquals(key, "a");
    break;
  }
  assertEquals(select.iterate({ least: 1 }).map(({ key }) => key).toArray(), ["a", "b"]);
  assertEquals(stops(), [
    ["create", "", undefined],
    ["insert", "entries", 1],
    ["insert", "entries", 1],
    ["select", "entries", 2],
    ["select", "entries", 1],
    ["select", "entries", 0],
    ["select", "entries", 2],
    ["select", "entries", 1],
    ["select", "entries", 2],
  ]);
  for (const [, measurements, { repo }] of heard.of("database.query.stop")) {
    assertEquals(repo, "cache");
    assertEquals(measurements.total_ms, measurements.execution_ms);
    assert(measurements.execution_ms! >= 0 && !("queue_ms" in measurements));
  }
  assertEquals(heard.failures, []);
  database.close();
});

Deno.test("measureSqlite leaves out of an iteration what its caller does between the rows", () => {
  const clock = new FakeClock();
  const { heard, database } = measured({ clock });
  database.function("busy", () => {
    clock.jump(10);
    return 1;
  });
  database.exec("CREATE TABLE entries AS VALUES (1), (2)");
  for (const _row of database.prepare("SELECT busy() FROM entries").iterate()) clock.jump(5_000);
  const [, measurements] = heard.of("database.query.stop").at(-1)!;
  assertEquals(measurements, { execution_ms: 20, total_ms: 20, rows: 2 });
  database.close();
});

Deno.test("measureSqlite counts statements that fail, which fail as they would have", () => {
  const { heard, database } = measured();
  assertThrows(() => database.exec("DELETE FROM nowhere"), Error, "no such table");
  database.exec("CREATE TABLE entries (key TEXT UNIQUE)");
  const insert = database.prepare("INSERT INTO entries VALUES (?)");
  insert.run("a");
  assertThrows(() => insert.run("a"), Error, "UNIQUE");
  database.function("broken", () => {
    throw new RangeError("no value");
  });
  const broken = database.prepare("SELECT broken() FROM entries");
  assertThrows(() => [...broken.iterate()], Error, "no value");
  const seen = heard.of("database.query.exception").map(([, , labels]) => labels);
  assertEquals(seen, [
    { repo: "main", source: "nowhere", command: "delete", error: "Error" },
    { repo: "main", source: "entries", command: "insert", error: "Error" },
    { repo: "main", source: "entries", command: "select", error: "RangeError" },
  ]);
  database.close();
});

Deno.test("measureSqlite leaves results alone where the adapter fails", () => {
  const { heard, database } = measured({
    sourceOf: () => {
      throw new Error("a broken option");
    },
  });
  database.exec("CREATE TABLE entries AS VALUES (1)");
  assertEquals(database.prepare("SELECT * FROM entries").all().length, 1);
  assertThrows(() => database.exec("nonsense"), Error, "syntax error");
  assert(heard.failures.length >= 3);
  assertEquals(new Set(heard.failures), new Set(["Error: a broken option"]));
  assertEquals(heard.names("database."), []);
  database.close();
});

Deno.test("measureSqlite measures nothing more after the returned function was called", () => {
  const { heard, database, restore } = measured();
  database.exec("CREATE TABLE entries AS VALUES (1)");
  const select = database.prepare("SELECT * FROM entries");
  restore();
  const before = heard.all.length;
  database.exec("DELETE FROM entries");
  assertEquals([select.all(), [...select.iterate()]], [[], []]);
  assertEquals(database.prepare("SELECT 1").all().length, 1);
  assertEquals(heard.all.length, before);
  database.close();
});

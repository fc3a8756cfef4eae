import { assert, assertEquals, assertRejects } from "@std/assert";
import pg from "pg";
import { measurePool } from "../../src/adapters/pg_pool.ts";
import type { DatabaseOptions } from "../../src/adapters/query_events.ts";
import { Postgres } from "../servers/postgres.ts";
import { until } from "../until.ts";
import { HeardEvents } from "./heard_events.ts";

// One server for all tests of the file, as making its database takes a second.
Deno.test("measurePool measures a pool of a real PostgreSQL", async (t) => {
  await using server = await Postgres.start();

  async function withPool(
    options: DatabaseOptions & { readonly max?: number; readonly timeoutMs?: number },
    use: (pool: pg.Pool, heard: HeardEvents, restore: () => void) => Promise<void>,
  ): Promise<void> {
    const { max = 2, timeoutMs = 0, ...database } = options;
    const heard = new HeardEvents();
    const pool = new pg.Pool({ ...server.connection, max, connectionTimeoutMillis: timeoutMs });
    const restore = measurePool({ bus: heard.bus }, pool, database);
    try {
      await use(pool, heard, restore);
    } finally {
      await pool.end();
    }
  }

  await t.step("a query has its labels, rows and times, and gives its result", async () => {
    await withPool({ repo: "orders" }, async (pool, heard) => {
      const result = await pool.query("SELECT * FROM generate_series(1, $1) AS n", [3]);
      assertEquals(result.rows, [{ n: 1 }, { n: 2 }, { n: 3 }]);
      await pool.query({ text: "CREATE TABLE lines (id int)" });
      await pool.query("INSERT INTO lines VALUES (1), (2)");
      const stops = heard.of("database.query.stop");
      assertEquals(stops.map(([, { rows }, labels]) => [rows, labels]), [
        [3, { repo: "orders", source: "generate_series", command: "select" }],
        [undefined, { repo: "orders", source: "", command: "create" }],
        [2, { repo: "orders", source: "lines", command: "insert" }],
      ]);
      const [, first] = stops[0]!;
      assert(first.execution_ms! > 0 && first.queue_ms! > 0);
      assertEquals(first.total_ms, first.queue_ms! + first.execution_ms!);
      // The first connection is new, the second query takes it from the idle ones.
      assertEquals(first.idle_ms, undefined);
      assert(stops[1]![1].idle_ms! >= 0);
      assertEquals(heard.failures, []);
    });
  });

  await t.step("the execution is what the server needs, and a full pool is a queue", async () => {
    await withPool({ max: 1 }, async (pool, heard) => {
      await Promise.all([
        pool.query("SELECT pg_sleep(0.2)"),
        until(() => heard.of("database.pool").some(([, sizes]) => sizes.used === 1), {
          what: "the connection to be used",
        }).then(() => pool.query("SELECT 1")),
      ]);
      const [slow, fast] = heard.of("database.query.stop").map(([, measured]) => measured);
      assert(slow!.execution_ms! >= 195, `${slow!.execution_ms} ms for pg_sleep(0.2)`);
      assert(fast!.queue_ms! >= 100, `${fast!.queue_ms} ms in the queue`);
      assert(fast!.execution_ms! < fast!.queue_ms!);
      const sizes = heard.of("database.pool").map(([, sizes]) => sizes);
      assert(sizes.some(({ waiting }) => waiting === 1), JSON.stringify(sizes));
      await until(() => heard.of("database.pool").at(-1)![1].idle === 1, { what: "an idle pool" });
      const last = heard.of("database.pool").at(-1)!;
      assertEquals(last.slice(1), [
        { size: 1, idle: 1, used: 0, waiting: 0, max: 1 },
        { repo: "main" },
      ]);
    });
  });

  await t.step(
    "connections that are checked out, callbacks and transactions count too",
    async () => {
      await withPool({}, async (pool, heard) => {
        const client = await pool.connect();
        await client.query("BEGIN");
        await new Promise<void>((resolve, reject) =>
          client.query("SELECT 1", (error: Error | null) => error ? reject(error) : resolve())
        );
        await client.query("COMMIT");
        client.release();
        await new Promise<void>((resolve, reject) =>
          pool.query(
            "SELECT $1::int AS n",
            [7],
            (error: Error | null, result: pg.QueryResult) =>
              error ? reject(error) : resolve(assertEquals(result.rows, [{ n: 7 }])),
          )
        );
        await new Promise<void>((resolve) =>
          pool.connect((error: Error | undefined, client: pg.PoolClient, release: () => void) => {
            assertEquals([error, typeof client.query], [undefined, "function"]);
            release();
            resolve();
          })
        );
        const stops = heard.of("database.query.stop");
        const seen = stops.map(([, measured, { command }]) => [command, "queue_ms" in measured]);
        // One checkout, one wait: of a transaction's queries only the first has been in the queue.
        assertEquals(seen, [["begin", true], ["select", false], ["commit", false], [
          "select",
          true,
        ]]);
        assertEquals(heard.failures, []);
      });
    },
  );

  await t.step("a query that fails is counted, and fails as it would have", async () => {
    await withPool({}, async (pool, heard) => {
      const error = await assertRejects(() => pool.query("SELECT * FROM nowhere"), Error);
      assertEquals((error as Error & { code: string }).code, "42P01");
      const [event] = heard.of("database.query.exception");
      assertEquals(event![2], {
        repo: "main",
        source: "nowhere",
        command: "select",
        error: "Error",
      });
      assert(event![1].execution_ms! > 0);
      assertEquals(heard.of("database.query.stop"), []);
    });
  });

  await t.step("a checkout that finds no connection in time is counted", async () => {
    await withPool({ max: 1, timeoutMs: 50 }, async (pool, heard) => {
      const client = await pool.connect();
      await assertRejects(() => pool.query("SELECT 1"), Error, "timeout exceeded");
      client.release();
      const [event] = heard.of("database.checkout.exception");
      assertEquals(event![2], { repo: "main", error: "Error" });
      assert(event![1].queue_ms! >= 45);
    });
  });

  await t.step("what fails in the adapter leaves the query's result alone", async () => {
    const sourceOf = () => {
      throw new Error("a broken option");
    };
    await withPool({ sourceOf }, async (pool, heard) => {
      assertEquals((await pool.query("SELECT 1 AS n")).rows, [{ n: 1 }]);
      await assertRejects(() => pool.query("SELECT * FROM nowhere"), Error, "nowhere");
      assertEquals(heard.failures, Array(2).fill("Error: a broken option"));
    });
  });

  await t.step("sources are bounded, and the user's come before the table", async () => {
    await withPool(
      { sourceOf: (text) => /\/\* (\w+) \*\//.exec(text)?.[1] },
      async (pool, heard) => {
        for (let i = 0; i < 105; i++) await pool.query(`SELECT ${i} /* part${i} */`);
        const sources = new Set(heard.of("database.query.stop").map(([, , { source }]) => source));
        assertEquals(sources.size, 101);
        assert(sources.has("part0") && sources.has("_other") && !sources.has("part104"));
      },
    );
  });

  await t.step("cursors go unmeasured and work", async () => {
    await withPool({}, async (pool, heard) => {
      const client = await pool.connect();
      const query = new pg.Query("SELECT 5 AS n");
      const rows: unknown[] = [];
      const end = new Promise((resolve) => query.on("end", resolve));
      query.on("row", (row: unknown) => rows.push(row));
      client.query(query);
      await end;
      client.release();
      assertEquals(rows, [{ n: 5 }]);
      assertEquals(heard.names("database.query"), []);
    });
  });

  await t.step("nothing is told any more after the returned function was called", async () => {
    await withPool({}, async (pool, heard, restore) => {
      await pool.query("SELECT 1");
      restore();
      const before = heard.all.length;
      assertEquals((await pool.query("SELECT 2 AS n")).rows, [{ n: 2 }]);
      assertEquals(heard.all.length, before);
      assertEquals(Object.hasOwn(pool, "connect"), false);
    });
  });
});

import { Hono } from "hono";
import { upgradeWebSocket } from "hono/deno";
import { streamSSE } from "hono/streaming";
import pg from "pg";
import { DatabaseSync } from "node:sqlite";
import {
  httpMetrics,
  LiveView,
  measureJob,
  measureJoin,
  measurePool,
  measureSocket,
  measureSqlite,
  type Muster,
} from "../../mod.ts";
import { systemClock } from "../../src/io/clock.ts";
import type { Postgres } from "../servers/postgres.ts";
import { until } from "../until.ts";

/**
 * Does everything once that the runtime's plugins measure: requests, sockets, streams, queries and
 * jobs, well and badly. What can be open stays open until it is disposed of.
 */
export class RuntimeTraffic implements AsyncDisposable {
  readonly #release = Promise.withResolvers<void>();
  readonly #ends: (() => Promise<unknown>)[] = [];

  /** Makes the traffic. */
  static async begin(muster: Muster, postgres: Postgres): Promise<RuntimeTraffic> {
    const traffic = new RuntimeTraffic();
    await traffic.#serve(muster);
    await traffic.#useDatabases(muster, postgres);
    traffic.#runJobs(muster);
    return traffic;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#release.resolve();
    for (const end of this.#ends.toReversed()) await end();
  }

  async #serve(muster: Muster): Promise<void> {
    const view = new LiveView(muster, { view: "board", events: ["move"] });
    const fail = () => {
      throw new TypeError("broken");
    };
    const failed = (work: () => unknown) => {
      try {
        work();
      } catch {
        // Counted.
      }
    };
    const app = new Hono()
      .use(httpMetrics({ bus: muster.bus, countBodies: true }))
      .get("/users/:id", (context) => context.json({ id: context.req.param("id") }))
      .post("/users", async (context) => context.text(await context.req.text(), 201))
      .get("/slow", async (context) => {
        await this.#release.promise;
        return context.text("done");
      })
      .get("/broken", fail)
      .get("/board", (context) => context.html(view.mount(() => "<p>A board.</p>")))
      .post("/board/:event", (context) => {
        failed(() => view.handle("move", fail));
        failed(() => view.mount(fail));
        failed(() => view.render("piece", fail));
        return view.handle(context.req.param("event"), () => context.body(null, 204));
      })
      .get("/board/live", (context) =>
        streamSSE(
          context,
          view.stream(async (stream) => {
            await stream.writeSSE({ data: view.render("piece", () => "<b>e4</b>") });
            if (context.req.query("fail") !== undefined) fail();
            if (context.req.query("stay") !== undefined) await this.#release.promise;
          }),
          () => Promise.resolve(),
        ))
      .get(
        "/chat",
        upgradeWebSocket(() =>
          measureSocket(muster, { socket: "chat" }, {
            onMessage: (event, socket) => {
              const labels = { socket: "chat", channel: "room" };
              failed(() => measureJoin(muster, labels, fail));
              measureJoin(muster, labels, () => socket.send(String(event.data)));
            },
          })
        ),
      );
    app.onError((_error, context) => context.text("sorry", 500));
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
    this.#ends.push(() => server.shutdown());
    const base = `127.0.0.1:${server.addr.port}`;
    const ask = async (path: string, init?: RequestInit) =>
      await (await fetch(`http://${base}${path}`, init)).text();
    await ask("/users/7");
    await ask("/users", { method: "POST", body: "Ada" });
    await ask("/broken");
    await ask("/board");
    await ask("/board/move", { method: "POST" });
    await ask("/board/live");
    await ask("/board/live?fail");
    this.#keep(ask("/slow"), ask("/board/live?stay"));
    const [closed, open] = await Promise.all([
      chat(`ws://${base}/chat`),
      chat(`ws://${base}/chat`),
    ]);
    await closed.close();
    this.#ends.push(open.close);
    // Handlers of sockets throw into the event loop, so this one is called without a socket.
    const throwing = measureSocket(muster, { socket: "chat" }, { onError: fail });
    failed(() => (throwing.onError as (event: unknown, context: unknown) => void)({}, {}));
  }

  async #useDatabases(muster: Muster, postgres: Postgres): Promise<void> {
    const pool = new pg.Pool({
      ...postgres.connection,
      max: 2,
      connectionTimeoutMillis: 10_000,
    });
    measurePool(muster, pool, { repo: "orders" });
    this.#ends.push(() => pool.end());
    await pool.query("CREATE TABLE lines (id int)");
    await pool.query("INSERT INTO lines VALUES (1), (2)");
    await pool.query("SELECT * FROM lines");
    await pool.query("SELECT * FROM nowhere").catch(() => {});
    const unreachable = new pg.Pool({ host: "127.0.0.1", port: 1, user: "nobody" });
    measurePool(muster, unreachable, { repo: "unreachable" });
    await unreachable.query("SELECT 1").catch(() => {});
    await unreachable.end();
    // One stays in use, one idle; a third pool has somebody waiting.
    const client = await pool.connect();
    this.#ends.push(() => Promise.resolve(client.release()));
    await pool.query("SELECT 1");
    const small = new pg.Pool({ ...postgres.connection, max: 1 });
    measurePool(muster, small, { repo: "small" });
    this.#ends.push(() => small.end());
    const only = await small.connect();
    const waiting = small.query("SELECT 1");
    this.#ends.push(async () => {
      only.release();
      await waiting;
    });
    // What no driver tells may be told by who knows it.
    muster.bus.emit("database.query.stop", { decode_ms: 3 }, { repo: "own" });
    const database = new DatabaseSync(":memory:");
    measureSqlite(muster, database, {
      repo: "cache",
      sourceOf: (text) => {
        if (text.includes("broken")) throw new Error("a broken option");
        return undefined;
      },
    });
    database.exec("CREATE TABLE entries AS VALUES (1), (2), (3)");
    database.prepare("SELECT * FROM entries /* broken */").all();
    database.prepare("SELECT * FROM entries").all();
    database.close();
  }

  #runJobs(muster: Muster): void {
    const atMs = () => systemClock.wallMs() - 200;
    const facts = () => ({ enqueuedAtMs: atMs(), scheduledAtMs: atMs() });
    measureJob(muster, { worker: "send", queue: "mail", facts }, () => {})();
    const failing = measureJob(muster, { worker: "send", queue: "mail" }, () => {
      throw new RangeError("no address");
    });
    try {
      failing();
    } catch {
      // Counted.
    }
    this.#keep(measureJob(muster, { worker: "slow" }, () => this.#release.promise)());
  }

  #keep(...promises: readonly Promise<unknown>[]): void {
    this.#ends.push(() => Promise.all(promises));
  }
}

/** Opens a WebSocket, says something, and waits for the answer. */
async function chat(url: string): Promise<{ close(): Promise<void> }> {
  const socket = new WebSocket(url);
  let answers = 0;
  const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
  socket.onmessage = () => answers++;
  socket.onopen = () => socket.send("hello");
  await until(() => answers === 1, { what: "an answer over the WebSocket" });
  return {
    close: () => {
      socket.close();
      return closed;
    },
  };
}

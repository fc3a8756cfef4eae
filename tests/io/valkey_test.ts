import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connectValkey } from "../../src/io/valkey.ts";
import type { ValkeyOptions } from "../../src/io/valkey_options.ts";
import { freePort } from "../servers/free_port.ts";
import { Redis } from "../servers/redis.ts";
import { until } from "../until.ts";

const SET = "return redis.call('SET', KEYS[1], '1')";
const GET = "return redis.call('GET', KEYS[1])";

/** A way to one store or another behind one address. */
class Switch implements AsyncDisposable {
  readonly port: number;
  to: number;
  readonly #listener: Deno.Listener;
  readonly #ended: Promise<void>;
  readonly #connections: Deno.Conn[] = [];

  constructor(to: number) {
    this.to = to;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = (this.#listener.addr as Deno.NetAddr).port;
    this.#ended = this.#serve();
  }

  async #serve(): Promise<void> {
    const joined: Promise<unknown>[] = [];
    for await (const near of this.#listener) {
      const far = await Deno.connect({ hostname: "127.0.0.1", port: this.to });
      this.#connections.push(near, far);
      joined.push(
        near.readable.pipeTo(far.writable).catch(() => {}),
        far.readable.pipeTo(near.writable).catch(() => {}),
      );
    }
    await Promise.all(joined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) {
      try {
        connection.close();
      } catch {
        // It was closed by its other end.
      }
    }
    await this.#ended;
  }
}

function portOf({ url }: Redis): number {
  return Number(new URL(url).port);
}

/** Gives an order that no script may give. */
async function order({ url }: Redis, words: string): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
  await connection.write(new TextEncoder().encode(`${words}\r\n`));
  const answer = new Uint8Array(64);
  const length = await connection.read(answer);
  assertEquals(new TextDecoder().decode(answer.subarray(0, length!)), "+OK\r\n");
}

async function reasonOf(work: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => work, Error)).message;
}

Deno.test("connectValkey names all options that are wrong, and no secret", async () => {
  const rule = "Cannot connect to a Valkey or Redis: ";
  const url = "redis://user:secret@127.0.0.1:6379";
  const wrong: [unknown, string][] = [
    [undefined, "url must be redis://[user:password@]host:port[/database]: received no URL"],
    [{ url: 5 }, "received no URL"],
    [{ url: "http://127.0.0.1" }, "received one of http:"],
    [{ url: `${url}/abc` }, "received one whose path is no number of a database"],
    [{ url: `${url}/1/2` }, "received one whose path is no number of a database"],
    [{ url: "redis://user:12/secret@127.0.0.1:6379" }, "no number of a database"],
    [{ url: "redis:user:secret@127.0.0.1:6379" }, "received one without a host"],
    [{ url: "redis://" }, "received one without a host"],
    [{ url: `${url}?enableOfflineQueue=true&secret=1` }, "received one with more behind it"],
    [{ url: `${url}#secret` }, "received one with more behind it"],
    [{ url: "redis://:secret%@127.0.0.1:6379" }, "whose user or password is not percent-encoded"],
    [
      { url, connectTimeoutMs: -1, silenceMs: NaN },
      "connectTimeoutMs must be a whole number of milliseconds from 1 to 2147483647: received -1; " +
      "silenceMs must be a whole number of milliseconds from 1 to 2147483647: received NaN",
    ],
    [{ url, connectTimeoutMs: "1000" }, "received string"],
    [{ url, silenceMs: 1e12 }, "received 1000000000000"],
  ];
  for (const [options, part] of wrong) {
    const { message } = await assertRejects(
      () => connectValkey(options as ValkeyOptions),
      TypeError,
    );
    assert(message.startsWith(rule) && message.includes(part), message);
    assert(!message.includes("secret"), message);
  }
});

Deno.test("a store that can't be reached says why, and nothing of the connection outlives it", async () => {
  const url = `redis://127.0.0.1:${freePort()}`;
  await using store = await connectValkey({ url });
  assertStringIncludes(await reasonOf(store.run(GET, "key", [])), "ECONNREFUSED");
});

Deno.test("a store whose connection was lost just now says so, and then why none can be made", async () => {
  await using redis = await Redis.start();
  await using store = await connectValkey({ url: redis.url });
  await store.run(GET, "key", []);
  await redis.kill();
  const reasons = new Set<string>();
  await until(async () => {
    reasons.add(await reasonOf(store.run(GET, "key", [])));
    return [...reasons].some((reason) => reason.includes("ECONNREFUSED"));
  }, { what: "a connection to be refused", everyMs: 1 });
  const [first] = reasons;
  assertEquals(first, "Cannot ask the store: the connection to it was lost, or is not made yet");
  assertEquals(reasons.size, 2);
});

Deno.test("a store that takes no such password says so", async () => {
  await using redis = await Redis.start();
  await using stranger = await connectValkey({ url: redis.url.replace("//", "//anna:wrong@") });
  for (let i = 0; i < 3; i++) {
    assertStringIncludes(await reasonOf(stranger.run(GET, "key", [])), "WRONGPASS");
  }
  await order(redis, "CONFIG SET requirepass right");
  const at = `127.0.0.1:${portOf(redis)}`;
  await using wrong = await connectValkey({ url: `redis://:wrong@${at}` });
  assertStringIncludes(await reasonOf(wrong.run(GET, "key", [])), "WRONGPASS");
  await using none = await connectValkey({ url: `redis://${at}` });
  assertStringIncludes(await reasonOf(none.run(GET, "key", [])), "NOAUTH");
  await using right = await connectValkey({ url: `redis://:right@${at}` });
  assertEquals(await right.run(GET, "key", []), null);
});

Deno.test("a password may have any character that is percent-encoded, and a URL space around it", async () => {
  await using redis = await Redis.start();
  const password = "p@ss:/%#?é";
  await order(redis, `ACL SETUSER anna on >${password} ~* +@all`);
  const url = ` redis://anna:${encodeURIComponent(password)}@127.0.0.1:${portOf(redis)}/3\n`;
  await using store = await connectValkey({ url });
  assertEquals(store.address, `redis://127.0.0.1:${portOf(redis)}`);
  await store.run(SET, "key", []);
  await using other = await connectValkey({ url: `${redis.url}/3` });
  assertEquals(await other.run(GET, "key", []), "1");
});

Deno.test("a database that the store does not have is refused, and nothing goes to another one", async () => {
  await using redis = await Redis.start();
  await using other = await connectValkey({ url: `${redis.url}/99` });
  assertStringIncludes(await reasonOf(other.run(SET, "key", [])), "DB index is out of range");
  await using first = await connectValkey({ url: redis.url });
  await using second = await connectValkey({ url: `${redis.url}/2` });
  assertEquals(await first.run(GET, "key", []), null);
  await second.run(SET, "key", []);
  assertEquals([await first.run(GET, "key", []), await second.run(GET, "key", [])], [null, "1"]);
});

Deno.test("connecting to a store that hangs takes no longer than the time for connecting", async () => {
  await using redis = await Redis.start();
  redis.hang();
  const startMs = performance.now();
  await using store = await connectValkey({ url: redis.url, connectTimeoutMs: 200 });
  const tookMs = performance.now() - startMs;
  assert(tookMs >= 199 && tookMs < 2_000, `${tookMs}`);
  await reasonOf(store.run(GET, "key", []));
  redis.resume();
  await until(() => store.run(GET, "key", []).then(() => true, () => false), {
    what: "the store to answer",
  });
});

Deno.test("what waits for a store that hangs is told at once when its connection is disposed of", async () => {
  await using redis = await Redis.start();
  const store = await connectValkey({ url: redis.url });
  await store.run(GET, "key", []);
  redis.hang();
  const waiting = reasonOf(store.run(GET, "key", []));
  await store[Symbol.asyncDispose]();
  assertStringIncludes(await waiting, "closed");
  redis.resume();
});

Deno.test("after a failover behind one address the new master is found", async () => {
  await using next = await Redis.start();
  // Ends first: a master that ends waits for its replicas.
  await using old = await Redis.start();
  await using way = new Switch(portOf(old));
  await using store = await connectValkey({ url: `redis://127.0.0.1:${way.port}` });
  await store.run(SET, "key", []);
  way.to = portOf(next);
  await order(old, `REPLICAOF 127.0.0.1 ${portOf(next)}`);
  await until(() => store.run(SET, "key", []).then(() => true, () => false), {
    what: "the new master to take what is written",
  });
  await using direct = await connectValkey({ url: next.url });
  assertEquals(await direct.run(GET, "key", []), "1");
});

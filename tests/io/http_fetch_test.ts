import { assert, assertEquals } from "@std/assert";
import { type Clock, systemClock } from "../../src/io/clock.ts";
import type { HttpRequest } from "../../src/io/http_client.ts";
import { createFetchClient } from "../../src/io/http_fetch.ts";

type Handler = (
  request: Request,
  info: Deno.ServeHandlerInfo<Deno.NetAddr>,
) => Response | Promise<Response>;

/** A server on loopback for one test; `url` ends with a slash. */
async function withServer(handler: Handler, test: (url: string) => Promise<void>): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  try {
    await test(`http://127.0.0.1:${server.addr.port}/`);
  } finally {
    await server.shutdown();
  }
}

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", url, timeoutMs: 10_000, bodyBytesMax: 1_000, ...more };
}

/** Answers nothing for as long as the other side is there. */
const hang: Handler = (request) =>
  new Promise((resolve) => {
    request.signal.addEventListener("abort", () => resolve(new Response()));
  });

const halfABody: Handler = () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("half"));
      },
    }),
  );

async function freePort(): Promise<number> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return await Promise.resolve(port);
}

Deno.test("HttpClient.request sends method, headers and body and returns status, headers and body", async () => {
  const client = createFetchClient({ clock: systemClock });
  const echo: Handler = async (request) => {
    const text = `${request.method} ${request.headers.get("x-a")} ${await request.text()}`;
    return new Response(text, { status: 418, headers: { "x-b": "2" } });
  };
  await withServer(echo, async (url) => {
    const body = new TextEncoder().encode("digest");
    const outcome = await client.request(
      get(url, { method: "POST", headers: { "x-a": "1" }, body }),
    );
    assert(outcome.kind === "response");
    assertEquals(outcome.status, 418);
    assertEquals(outcome.headers.get("x-b"), "2");
    assertEquals(new TextDecoder().decode(outcome.body), "POST 1 digest");
  });
  client.close();
});

Deno.test("HttpClient.request returns a redirect as a response and does not follow it", async () => {
  const client = createFetchClient({ clock: systemClock });
  let requests = 0;
  const redirect: Handler = () => {
    requests++;
    return new Response(null, { status: 307, headers: { location: "/elsewhere" } });
  };
  await withServer(redirect, async (url) => {
    const outcome = await client.request(get(url));
    assert(outcome.kind === "response");
    assertEquals([outcome.status, outcome.headers.get("location")], [307, "/elsewhere"]);
    assertEquals([outcome.body.length, requests], [0, 1]);
  });
  client.close();
});

Deno.test("HttpClient.request tells a refused connection", async () => {
  const client = createFetchClient({ clock: systemClock });
  const outcome = await client.request(get(`http://127.0.0.1:${await freePort()}/`));
  assertEquals(outcome, { kind: "refused" });
  client.close();
});

Deno.test("HttpClient.request times out on a server that does not answer", async () => {
  const client = createFetchClient({ clock: systemClock });
  await withServer(hang, async (url) => {
    assertEquals(await client.request(get(url, { timeoutMs: 30 })), { kind: "timeout" });
  });
  client.close();
});

Deno.test("HttpClient.request times out on a body that stops half way", async () => {
  const client = createFetchClient({ clock: systemClock });
  await withServer(halfABody, async (url) => {
    assertEquals(await client.request(get(url, { timeoutMs: 100 })), { kind: "timeout" });
  });
  client.close();
});

Deno.test("HttpClient.request ends with too_large one byte over the limit, not at it", async () => {
  const client = createFetchClient({ clock: systemClock });
  await withServer(() => new Response("x".repeat(1_000)), async (url) => {
    assertEquals((await client.request(get(url))).kind, "response");
    assertEquals(await client.request(get(url, { bodyBytesMax: 999 })), { kind: "too_large" });
  });
  client.close();
});

Deno.test("HttpClient.request ends with too_large on a body without end", async () => {
  const client = createFetchClient({ clock: systemClock });
  const endless: Handler = () =>
    new Response(
      new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) }),
    );
  await withServer(endless, async (url) => {
    const outcome = await client.request(get(url, { bodyBytesMax: 1_000_000 }));
    assertEquals(outcome, { kind: "too_large" });
  });
  client.close();
});

Deno.test("HttpClient.request measures a compressed body by what it becomes", async () => {
  const client = createFetchClient({ clock: systemClock });
  const compressed: Handler = () =>
    new Response(
      new Blob([new Uint8Array(1_000_000)]).stream().pipeThrough(new CompressionStream("gzip")),
      { headers: { "content-encoding": "gzip" } },
    );
  await withServer(compressed, async (url) => {
    const outcome = await client.request(get(url, { bodyBytesMax: 100_000 }));
    assertEquals(outcome, { kind: "too_large" });
  });
  client.close();
});

Deno.test("HttpClient.request fails when the caller aborts, before or during the request", async () => {
  const client = createFetchClient({ clock: systemClock });
  const aborted = { kind: "failed", reason: "aborted by the caller" } as const;
  const controller = new AbortController();
  const handler: Handler = (request, info) => {
    controller.abort();
    return hang(request, info);
  };
  await withServer(handler, async (url) => {
    assertEquals(await client.request(get(url, { signal: controller.signal })), aborted);
    assertEquals(await client.request(get(url, { signal: controller.signal })), aborted);
  });
  client.close();
});

Deno.test("HttpClient.request fails when the connection breaks within the body", async () => {
  const client = createFetchClient({ clock: systemClock });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const connection = await listener.accept();
    await connection.read(new Uint8Array(1_000));
    await connection.write(
      new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhal"),
    );
    connection.close();
  })();
  const outcome = await client.request(get(`http://127.0.0.1:${listener.addr.port}/`));
  assertEquals(outcome.kind, "failed");
  await serving;
  listener.close();
  client.close();
});

Deno.test("HttpClient.request fails with a reason on an address that is none, and never rejects", async () => {
  const client = createFetchClient({ clock: systemClock });
  for (
    const url of ["no url", "ftp://127.0.0.1/", "http://127.0.0.1:99999/", "http://127.0.0.1:1/"]
  ) {
    const outcome = await client.request(get(url));
    assert(outcome.kind === "failed" && outcome.reason !== "", url);
  }
  client.close();
});

Deno.test("HttpClient.request cancels its timer and forgets the caller's signal in the end", async () => {
  let timers = 0;
  const clock: Clock = {
    ...systemClock,
    after() {
      timers++;
      return () => void timers--;
    },
  };
  const client = createFetchClient({ clock });
  let listeners = 0;
  const { signal } = new AbortController();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  await withServer(() => new Response("ok"), async (url) => {
    assertEquals((await client.request(get(url, { signal }))).kind, "response");
  });
  assertEquals([timers, listeners], [0, 0]);
  client.close();
});

Deno.test("createFetchClient starts connections at localAddress", async () => {
  const client = createFetchClient({ clock: systemClock, localAddress: "127.0.0.7" });
  const whoAsks: Handler = (_request, info) => new Response(info.remoteAddr.hostname);
  await withServer(whoAsks, async (url) => {
    const outcome = await client.request(get(url));
    assert(outcome.kind === "response");
    assertEquals(new TextDecoder().decode(outcome.body), "127.0.0.7");
  });
  client.close();
});

Deno.test("createFetchClient goes past a proxy, with and without permission to read the environment", async () => {
  const client = new URL("../../src/io/http_fetch.ts", import.meta.url);
  const clock = new URL("../../src/io/clock.ts", import.meta.url);
  const script = `
    import { createFetchClient } from "${client}";
    import { systemClock } from "${clock}";
    const client = createFetchClient({ clock: systemClock, localAddress: "127.0.0.7" });
    const outcome = await client.request({
      method: "GET", url: Deno.args[0], timeoutMs: 5000, bodyBytesMax: 100,
    });
    client.close();
    const body = new TextDecoder().decode(outcome.body ?? new Uint8Array());
    Deno.stdout.writeSync(new TextEncoder().encode(outcome.kind + " " + body));`;
  const path = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(path, script);
  const proxy = `http://127.0.0.1:${await freePort()}`;
  const whoAsks: Handler = (_request, info) => new Response(info.remoteAddr.hostname);
  await withServer(whoAsks, async (url) => {
    for (
      const permissions of [["--allow-net=127.0.0.1"], ["--allow-net=127.0.0.1", "--allow-env"]]
    ) {
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "--no-lock",
          "--no-config",
          "--no-prompt",
          ...permissions,
          path,
          url,
        ],
        env: { HTTP_PROXY: proxy, http_proxy: proxy, NO_PROXY: "", no_proxy: "" },
      }).output();
      const text = new TextDecoder();
      assertEquals(text.decode(stdout), "response 127.0.0.7", text.decode(stderr));
    }
  });
  await Deno.remove(path);
});

Deno.test("HttpClient.request works after close, which only ends idle connections", async () => {
  const client = createFetchClient({ clock: systemClock });
  await withServer(() => new Response("ok"), async (url) => {
    assertEquals((await client.request(get(url))).kind, "response");
    client.close();
    assertEquals((await client.request(get(url))).kind, "response");
    client.close();
  });
});

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { HttpClient, HttpOutcome } from "../../src/io/http_client.ts";
import type { SourceOptions } from "../../src/sources/source_options.ts";
import { SourcesBench } from "./text_source.ts";

Deno.test("A source that fails keeps the others, shows up in metrics and the log, and recovers", async () => {
  const bench = new SourcesBench();
  const app = bench.add("a 1\n", { name: "app" });
  const other = bench.add("b 1\n", { name: "other" });
  await other.poll();
  assertEquals(await app.says(new Error("broken")), { a: 1, b: 1 });
  assertEquals(app.source.status, {
    isUp: false,
    failure: "metrics() threw: Error: broken",
    problems: [],
  });
  assertEquals(bench.own("muster_source_up", "app"), 0);
  assertEquals(bench.own("muster_source_up", "other"), 1);
  assertEquals(bench.own("muster_source_failures_total", "app"), 1);
  assertEquals(await app.says("a 2\n"), { a: 2, b: 1 });
  assertEquals(bench.own("muster_source_up", "app"), 1);
  assertEquals(bench.own("muster_source_samples", "app"), 1);
  assertEquals(bench.logged, [
    'warning: Cannot read source "app": metrics() threw: Error: broken',
    'info: Source "app" answers again.',
  ]);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's text that is wrong changes nothing and says where it is wrong", async () => {
  const bench = new SourcesBench();
  const app = bench.add("a 1\n");
  await app.poll();
  assertEquals(await app.says("a 2\nb x\n"), { a: 1 });
  assertStringIncludes(app.source.status.failure!, "line 2, column 3: a value must be a number");
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's gauges are hidden when it has been silent for three periods, its counters not", async () => {
  const bench = new SourcesBench();
  let text: string | null = "g 1\n# TYPE a_total counter\na_total 2\n";
  const metrics = () => {
    if (text === null) throw new Error("gone");
    return text;
  };
  const source = bench.sources.add({ name: "app", periodMs: 2_000, registry: { metrics } });
  await source.poll();
  text = null;
  // The polls fail after 2, 4 and 8 seconds.
  await bench.clock.advance(5_999);
  assertEquals(bench.shown, { g: 1, a_total: 2 });
  await bench.clock.advance(1);
  assertEquals(bench.shown, { a_total: 2 });
  text = "g 3\n";
  await source.poll();
  assertEquals(bench.shown, { g: 3, a_total: 2 });
  text = null;
  await bench.clock.advance(5_000);
  text = "g 4\n";
  await source.poll();
  await bench.clock.advance(1_000);
  assertEquals(bench.shown, { g: 4, a_total: 2 });
  text = null;
  await source.poll();
  await bench.sources[Symbol.asyncDispose]();
  assertEquals(bench.clock.pending, 0);
});

Deno.test("A source is polled at its period, and ever less while it fails", async () => {
  const bench = new SourcesBench();
  const polledAt: number[] = [];
  let isBroken = false;
  const startMs = bench.clock.nowMs();
  bench.sources.add({
    name: "app",
    periodMs: 10_000,
    registry: {
      metrics: () => {
        polledAt.push((bench.clock.nowMs() - startMs) / 1000);
        if (isBroken) throw new Error("broken");
        return "";
      },
    },
  });
  await bench.clock.advance(25_000);
  assertEquals(polledAt, [0, 10, 20]);
  isBroken = true;
  await bench.clock.advance(1_300_000);
  assertEquals(polledAt.slice(3), [30, 40, 60, 100, 180, 340, 640, 940, 1240]);
  await bench.sources[Symbol.asyncDispose]();
  assertEquals(bench.clock.pending, 0);
});

Deno.test("A source whose metrics() never ends fails at its deadline, and can be stopped meanwhile", async () => {
  const bench = new SourcesBench();
  const registry = { metrics: () => new Promise<string>(() => {}) };
  const source = bench.sources.add({ name: "app", timeoutMs: 500, registry });
  await bench.clock.advance(499);
  assertEquals(source.status.isUp, null);
  await bench.clock.advance(1);
  assertEquals(source.status.failure, "metrics() took longer than 500 ms");
  await bench.clock.advance(1_200);
  await bench.sources[Symbol.asyncDispose]();
  assertEquals(bench.clock.pending, 0);
});

Deno.test("A source whose metrics() gives no text, or too much, fails and says so", async () => {
  for (
    const [given, reason] of [
      [42, "metrics() must give text: received number"],
      ["a 1\n".repeat(5), "there must be at most 16 bytes"],
      ["é 1\né 1\né 1\n", "line 1, column 1"],
    ] as const
  ) {
    const bench = new SourcesBench();
    const registry = { metrics: () => given as string };
    const source = bench.sources.add({ name: "app", bodyBytesMax: 16, registry });
    await source.poll();
    assertStringIncludes(source.status.failure!, reason);
    await bench.sources[Symbol.asyncDispose]();
  }
});

Deno.test("A URL source asks for text, and each way to fail has its sentence", async () => {
  const outcomes: readonly [HttpOutcome, string][] = [
    [{ kind: "refused" }, "connection refused"],
    [{ kind: "timeout" }, "it took longer than 700 ms"],
    [{ kind: "too_large" }, "it sent more than 99 bytes"],
    [{ kind: "failed", reason: "no such host" }, "no such host"],
    [
      { kind: "response", status: 503, headers: new Headers(), body: new Uint8Array() },
      "it answered 503, and must answer 200",
    ],
  ];
  for (const [outcome, reason] of outcomes) {
    const asked: string[] = [];
    const http: HttpClient = {
      request({ url, headers, timeoutMs, bodyBytesMax }) {
        asked.push(url, headers!.authorization!, headers!.accept!.slice(0, 24));
        asked.push(
          headers!["x-prometheus-scrape-timeout-seconds"]!,
          `${timeoutMs} ${bodyBytesMax}`,
        );
        return Promise.resolve(outcome);
      },
      close() {},
    };
    const bench = new SourcesBench({ http });
    const source = bench.sources.add({
      name: "db",
      url: "http://127.0.0.1:9187/metrics",
      headers: { authorization: "Bearer x" },
      timeoutMs: 700,
      bodyBytesMax: 99,
    });
    await source.poll();
    assertEquals(source.status.failure, reason);
    assertEquals(asked, [
      "http://127.0.0.1:9187/metrics",
      "Bearer x",
      "text/plain;version=0.0.4",
      "0.7",
      "700 99",
    ]);
    await bench.sources[Symbol.asyncDispose]();
  }
});

Deno.test("A body that is no exposition fails with its content type", async () => {
  const cases: readonly [contentType: string, body: string, failure: string][] = [
    [
      "text/html; charset=utf-8",
      "<!doctype html>\n",
      'its content type is "text/html", and must be text/plain or application/openmetrics-text: Cannot read',
    ],
    ["application/vnd.google.protobuf;proto=x", "\x01\n", "its content type is"],
    ["text/plain; version=0.0.4", "<\n", "Cannot read"],
    ["", "<\n", "Cannot read"],
  ];
  for (const [contentType, body, failure] of cases) {
    const bench = new SourcesBench();
    const registry = { metrics: () => body, contentType };
    const source = bench.sources.add({ name: "app", registry });
    await source.poll();
    assertEquals(source.status.failure!.slice(0, failure.length), failure);
    await bench.sources[Symbol.asyncDispose]();
  }
});

Deno.test("A source whose contentType throws fails and says so", async () => {
  const bench = new SourcesBench();
  const registry = {
    metrics: () => "a 1\n",
    get contentType(): string {
      throw new Error("broken");
    },
  };
  const source = bench.sources.add({ name: "app", registry });
  await source.poll();
  assertEquals(source.status.failure, "contentType threw: Error: broken");
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source that is removed leaves its counts; added again, it goes on from them", async () => {
  const bench = new SourcesBench();
  const text = "g 1\n# TYPE a_total counter\na_total 5\n";
  const app = bench.add(text);
  await app.poll();
  await bench.sources.remove("app");
  await bench.sources.remove("unknown");
  assertEquals(bench.shown, { a_total: 5 });
  assertEquals(bench.own("muster_source_up", "app"), 0);
  const again = bench.add(text);
  assertEquals(await again.poll(), { g: 1, a_total: 5 });
  assertEquals(await again.says("# TYPE a_total counter\na_total 2\n"), { a_total: 7 });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source that is added again has its new options, and says of a gauge that it can't merge anew", async () => {
  const bench = new SourcesBench();
  const text = 'old{x="1"} 1\nold{x="2"} 2\n';
  await bench.add(text, { seriesPerFamilyMax: 1 }).poll();
  assertEquals(bench.shown, { 'old{x="1"}': 1 });
  await bench.sources.remove("app");
  const again = bench.add(text, { gauges: { old: "sum", late: "max" } });
  assertEquals(await again.says(`${text}late 3\n`), {
    'old{x="1"}': 1,
    'old{x="2"}': 2,
    late: 3,
  });
  const { families } = bench.registry.shard.layout;
  assertEquals(families.find(({ name }) => name === "late")!.merge, "max");
  assertEquals(again.source.status.problems, [
    '"old" was merged as per_node when it was first seen, and stays so until this process ends',
  ]);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("Of two sources with one name the one that was added first has it, also if it answers later", async () => {
  for (const [delayMs, shown] of [[900, { g: 1 }], [1_500, { g: 2 }]] as const) {
    const bench = new SourcesBench();
    let isFirst = true;
    const slow = () => {
      if (!isFirst) return "g 1\n";
      isFirst = false;
      return new Promise<string>((resolve) => bench.clock.after(delayMs, () => resolve("g 1\n")));
    };
    bench.sources.add({ name: "first", registry: { metrics: slow } });
    bench.sources.add({ name: "second", registry: { metrics: () => "g 2\n" } });
    await bench.clock.advance(2_000);
    assertEquals(bench.shown, shown);
    assertEquals(bench.own("muster_source_duration_seconds", "second"), 0);
    await bench.sources[Symbol.asyncDispose]();
    assertEquals(bench.clock.pending, 0);
  }
});

Deno.test("A registry is polled a last time when the node ends, so that its last counts count", async () => {
  const bench = new SourcesBench();
  let count = 1;
  const registry = { metrics: () => `# TYPE a_total counter\na_total ${count}\n` };
  await bench.sources.add({ name: "app", registry }).poll();
  count = 9;
  await bench.sources[Symbol.asyncDispose]();
  assertEquals(bench.shown, { a_total: 9 });
});

Deno.test("A registry that hangs keeps the node from ending for a second at most, whatever its deadline", async () => {
  for (const isUnderWay of [false, true]) {
    const bench = new SourcesBench();
    let hangs = false;
    const registry = { metrics: () => hangs ? new Promise<string>(() => {}) : "" };
    const timeoutMs = 20_000;
    await bench.sources.add({ name: "app", timeoutMs, periodMs: 5_000, registry }).poll();
    hangs = true;
    if (isUnderWay) await bench.clock.advance(5_000);
    let hasEnded = false;
    const ending = bench.sources[Symbol.asyncDispose]().then(() => hasEnded = true);
    await bench.clock.advance(999);
    assertEquals(hasEnded, false);
    await bench.clock.advance(1);
    assertEquals(hasEnded, true);
    await ending;
    assertEquals(bench.clock.pending, 0);
  }
});

Deno.test("A source is not polled, and nothing is registered, where metrics are switched off", async () => {
  const bench = new SourcesBench({ isPolling: false });
  const app = bench.add("a 1\n");
  assertEquals(await app.poll(), {});
  assertEquals(bench.registry.shard.layout.families, []);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("addSource refuses options that are wrong, with the rule and what was received", async () => {
  const bench = new SourcesBench();
  const registry = { metrics: () => "" };
  const refusals: [Partial<SourceOptions>, string][] = [
    [{ name: "a b", registry }, "name must be 1 to 64 letters"],
    [{}, "registry must be given, or else url, and not both"],
    [{ registry, url: "http://127.0.0.1/" }, "registry must be given, or else url, and not both"],
    [{ registry: {} as typeof registry }, "registry must be an object with a method metrics()"],
    [{ url: "ftp://x" }, "url must be an http or https address"],
    [{ url: "nonsense" }, "url must be an http or https address"],
    [{ registry, prefix: "1" }, "prefix must be the beginning of a name"],
    [{ registry, labels: { "a b": "c" } }, "labels must be names with texts"],
    [{ registry, labels: { a: "" } }, "labels must be names with texts"],
    [{ registry, gauges: { g: "add" as "sum" } }, "gauges must be one of per_node, sum"],
    [{ registry, counters: "x" as "from_start" }, "counters must be from_start or from_first_poll"],
    [{ registry, periodMs: 99 }, "periodMs must be a number of at least 100"],
    [{ registry, timeoutMs: 0 }, "timeoutMs must be a number from 1 to 60000"],
    [{ registry, timeoutMs: 60_001 }, "timeoutMs must be a number from 1 to 60000"],
    [{ registry, timeoutMs: "5" as unknown as number }, 'from 1 to 60000: received "5"'],
    [{ registry, periodMs: "1000" as unknown as number }, "periodMs must be a number of at least"],
    [{ registry, bodyBytesMax: NaN }, "bodyBytesMax must be a number of at least 1"],
    [
      { registry, seriesPerFamilyMax: "5" as unknown as number },
      "seriesPerFamilyMax must be a number of at least 1",
    ],
  ];
  for (const label of ["node", "le", "quantile", "muster_overflow"]) {
    refusals.push([
      { registry, labels: { [label]: "x" } },
      `labels must be named otherwise than node, muster_overflow, le, quantile: received {"${label}"`,
    ]);
  }
  for (const headers of [{ "a b": "x" }, { a: "x\ny" }, { a: 1 as unknown as string }]) {
    refusals.push([
      { url: "http://127.0.0.1/", headers: headers as Record<string, string> },
      `headers must be names with texts that HTTP can send: received "${Object.keys(headers)[0]}"`,
    ]);
  }
  for (const [options, message] of refusals) {
    assertThrows(() => bench.sources.add({ name: "app", ...options }), TypeError, message);
  }
  bench.sources.add({ name: "app", registry });
  assertThrows(() => bench.sources.add({ name: "app", registry }), TypeError, "must not be in use");
  await bench.sources[Symbol.asyncDispose]();
});

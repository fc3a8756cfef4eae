import { assertEquals } from "@std/assert";
import { SourcesBench } from "./text_source.ts";

const FROM_FIRST_POLL = { counters: "from_first_poll", periodMs: 60_000 } as const;
const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const COUNTER = "# TYPE a_total counter\n";
const histogram = (all: number) =>
  `# TYPE h histogram\nh_bucket{le="1"} ${all}\nh_bucket{le="+Inf"} ${all}\nh_sum ${all}\n` +
  `h_count ${all}\n`;
const summary = (all: number) => `# TYPE s summary\ns_sum ${all}\ns_count ${all}\n`;

Deno.test("A family that a source shows only after its first poll begins at 0 as well", async () => {
  const bench = new SourcesBench();
  const app = bench.add("pg_up 0\n", FROM_FIRST_POLL);
  await app.poll();
  assertEquals(await app.says(`pg_up 1\n${COUNTER}a_total 100\n${histogram(10)}${summary(7)}`), {
    pg_up: 1,
    a_total: 0,
    h: [0, 0, 0],
    s_sum: 0,
    s_count: 0,
  });
  assertEquals(await app.says(`pg_up 1\n${COUNTER}a_total 103\n${histogram(11)}${summary(9)}`), {
    pg_up: 1,
    a_total: 3,
    h: [1, 0, 1],
    s_sum: 2,
    s_count: 2,
  });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A series that is new in a family that was there before counts in full, also if the family was empty", async () => {
  const bench = new SourcesBench();
  const app = bench.add(COUNTER, FROM_FIRST_POLL);
  await app.poll();
  assertEquals(await app.says(`${COUNTER}a_total{x="1"} 2\n`), { 'a_total{x="1"}': 2 });
  assertEquals(await app.says(`${COUNTER}a_total{x="1"} 2\na_total{x="2"} 3\n`), {
    'a_total{x="1"}': 2,
    'a_total{x="2"}': 3,
  });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A new series of a histogram without bounds counts in full, as its counters were there before", async () => {
  const bench = new SourcesBench();
  const bare = (labels: string) =>
    `h_bucket{${labels},le="+Inf"} 2\nh_sum{${labels}} 2\nh_count{${labels}} 2\n`;
  const text = `# TYPE h histogram\n${bare('a="b"')}`;
  const app = bench.add(text, FROM_FIRST_POLL);
  const old = { 'h_count{a="b"}': 0, 'h_sum{a="b"}': 0 };
  assertEquals(await app.poll(), old);
  assertEquals(await app.says(text + bare('a="c"')), {
    ...old,
    'h_count{a="c"}': 2,
    'h_sum{a="c"}': 2,
  });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A family that is new counts in full where the exporter began after the previous poll", async () => {
  // Within a second nobody knows which was first, as the time of a process's start is not exact.
  for (const [afterSeconds, counted] of [[-1, 0], [0.9, 0], [1.1, 4]] as const) {
    const bench = new SourcesBench();
    const app = bench.add("pg_up 1\n", FROM_FIRST_POLL);
    await app.poll();
    const startSeconds = bench.clock.wallMs() / 1000 + afterSeconds;
    await bench.clock.advance(5_000);
    const text = `process_start_time_seconds ${startSeconds}\n${COUNTER}a_total 4\n`;
    assertEquals((await app.says(text)).a_total, counted);
    await bench.sources[Symbol.asyncDispose]();
  }
});

Deno.test("A series of a new family counts in full where its _created is after the previous poll", async () => {
  const bench = new SourcesBench();
  const app = bench.add("# EOF\n", {
    ...FROM_FIRST_POLL,
    registry: { metrics: () => "", contentType: OPENMETRICS },
  });
  await app.poll();
  const before = bench.clock.wallMs() / 1000 - 1;
  await bench.clock.advance(900);
  const after = bench.clock.wallMs() / 1000 - 0.1;
  const text = "# TYPE a counter\n" +
    `a_total{x="1"} 5\na_created{x="1"} ${before}\na_total{x="2"} 6\na_created{x="2"} ${after}\n` +
    "# TYPE h histogram\n" + 'h_bucket{le="1.0"} 3\nh_bucket{le="+Inf"} 3\nh_count 3\nh_sum 3\n' +
    `h_created ${after}\n# TYPE s summary\ns_count 2\ns_sum 2\ns_created ${after}\n# EOF\n`;
  assertEquals(await app.says(text), {
    'a_total{x="1"}': 0,
    'a_total{x="2"}': 6,
    h: [3, 0, 3],
    s_count: 2,
    s_sum: 2,
  });
  await bench.sources[Symbol.asyncDispose]();
});

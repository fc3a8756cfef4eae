import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { SourcesBench } from "./text_source.ts";

const COUNTER = "# TYPE a_total counter\n";
const HISTOGRAM = "# TYPE h histogram\n";

Deno.test("A source's counter that falls continues on top of what was", async () => {
  const bench = new SourcesBench();
  const app = bench.add(`${COUNTER}a_total 5\n`);
  assertEquals(await app.poll(), { a_total: 5 });
  assertEquals(await app.says(`${COUNTER}a_total 7.5\n`), { a_total: 7.5 });
  assertEquals(await app.says(`${COUNTER}a_total 2\n`), { a_total: 9.5 });
  assertEquals(await app.says(`${COUNTER}a_total 3\n`), { a_total: 10.5 });
  assertEquals(await app.says(`${COUNTER}a_total 0\n`), { a_total: 10.5 });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's counters never fall, and grow by what it counted, whatever it says", async () => {
  const said = fc.array(
    fc.oneof(fc.double({ min: 0, max: 1e9 }), fc.constantFrom(NaN, -1, Infinity, null)),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
  await fc.assert(
    fc.asyncProperty(said, async (values) => {
      const bench = new SourcesBench();
      const app = bench.add("");
      let last = 0;
      let before = 0;
      for (const value of values) {
        const shown = await app.says(value === null ? "" : `${COUNTER}a_total ${value}\n`);
        const now = (shown.a_total as number | undefined) ?? 0;
        assert(now >= before, `${before} fell to ${now}`);
        if (value !== null && value >= 0 && value < Infinity) {
          const counted = value >= last ? value - last : value;
          assert(Math.abs(now - before - counted) <= 1e-6, `${before} became ${now} by ${counted}`);
          last = value;
        }
        before = now;
      }
      await bench.sources[Symbol.asyncDispose]();
    }),
    { numRuns: 50 },
  );
});

Deno.test("A source's series of a name that Prometheus makes itself are left out and told of", async () => {
  const bench = new SourcesBench();
  const app = bench.add("up 1\nother 2\n");
  assertEquals(await app.poll(), { other: 2 });
  const [problem] = app.source.status.problems;
  assert(problem!.startsWith('"up": name must not be one that Prometheus gives'), problem);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's histogram is taken by bucket, and continues after a restart", async () => {
  const bench = new SourcesBench();
  const text = (one: number, two: number, all: number, sum: number) =>
    `${HISTOGRAM}h_bucket{le="1"} ${one}\nh_bucket{le="2"} ${two}\nh_bucket{le="+Inf"} ${all}\n` +
    `h_sum ${sum}\nh_count ${all}\n`;
  const app = bench.add(text(1, 3, 4, 10));
  assertEquals(await app.poll(), { h: [1, 2, 1, 10] });
  assertEquals(await app.says(text(2, 4, 5, 11)), { h: [2, 2, 1, 11] });
  assertEquals(await app.says(text(0, 1, 1, 2)), { h: [2, 3, 1, 13] });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's histogram with other bounds than at first never overstates a bucket", async () => {
  const bench = new SourcesBench();
  const app = bench.add(
    `${HISTOGRAM}h_bucket{le="1"} 1\nh_bucket{le="5"} 2\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n`,
  );
  await app.poll();
  // A restart with a new version: 4 up to 2, 6 up to 5, 7 in all. Up to 1 nothing is known.
  const shown = await app.says(
    `${HISTOGRAM}h_bucket{le="2"} 4\nh_bucket{le="5"} 6\nh_bucket{le="+Inf"} 7\nh_sum 9\nh_count 7\n`,
  );
  assertEquals(shown, { h: [1, 7, 1, 12] });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's histogram without finite bounds becomes its count and its sum, and stays them", async () => {
  const bench = new SourcesBench({ rules: { drop: ["gone"], rename: { old: "new" } } });
  const bare = (name: string, all: number) =>
    `# TYPE ${name} histogram\n${name}_bucket{le="+Inf"} ${all}\n` +
    `${name}_sum ${all / 2}\n${name}_count ${all}\n`;
  const app = bench.add(bare("h", 4) + bare("old", 6) + bare("gone", 1));
  const old = { new_count: 6, new_sum: 3 };
  assertEquals(await app.poll(), { h_count: 4, h_sum: 2, ...old });
  assertEquals(await app.says(bare("h", 2)), { h_count: 6, h_sum: 3, ...old });
  const bounded = bare("h", 3).replace("h_bucket", 'h_bucket{le="1"} 1\nh_bucket');
  assertEquals(await app.says(bounded), { h_count: 7, h_sum: 3.5, ...old });
  assertEquals(await app.says(bare("h", 4).replace("h_sum 2", "h_sum -1")), { h_count: 8, ...old });
  assertEquals(app.source.status.problems, [
    '"h_sum": a sum fell by itself, so it has negative values: it is hidden',
  ]);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's histogram with bounds and a series without keeps that one's values above all bounds", async () => {
  const bench = new SourcesBench();
  const bare = (all: number) =>
    `h_bucket{a="b",le="+Inf"} ${all}\nh_sum{a="b"} ${all}\nh_count{a="b"} ${all}\n`;
  const app = bench.add(
    `${HISTOGRAM}h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n${bare(5)}`,
  );
  assertEquals(await app.poll(), { h: [1, 1, 3], 'h{a="b"}': [0, 5, 5] });
  assertEquals(await app.says(HISTOGRAM + bare(6)), { h: [1, 1, 3], 'h{a="b"}': [0, 6, 6] });
  assertEquals(app.source.status.problems, []);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's histogram sum may fall once it has seen negative values", async () => {
  const bench = new SourcesBench();
  const text = (all: number, sum: number) =>
    `${HISTOGRAM}h_bucket{le="1"} ${all}\nh_bucket{le="+Inf"} ${all}\nh_sum ${sum}\nh_count ${all}\n`;
  const app = bench.add(text(2, 5));
  await app.poll();
  assertEquals(await app.says(text(3, -1)), { h: [3, 0, -1] });
  const { layout } = bench.registry.shard;
  const series = Array.from({ length: layout.seriesCount }, (_, i) => i)
    .find((i) => layout.families[layout.familyOf(i)]!.name === "h")!;
  assert(layout.isSumState(series));
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's summary continues after a restart, which its count tells, also where the sum did not fall", async () => {
  const bench = new SourcesBench();
  const text = (sum: number, count: number) => `# TYPE s summary\ns_sum ${sum}\ns_count ${count}\n`;
  const app = bench.add(text(5, 10));
  assertEquals(await app.poll(), { s_sum: 5, s_count: 10 });
  assertEquals(await app.says(text(7, 3)), { s_sum: 12, s_count: 13 });
  assertEquals(await app.says(text(8, 4)), { s_sum: 13, s_count: 14 });
  assertEquals(app.source.status.problems, []);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's summary whose sum fell by itself has negative values: the sum is hidden, the count goes on", async () => {
  for (const fallen of [4, -1]) {
    const bench = new SourcesBench();
    const text = (sum: number, count: number) =>
      `# TYPE s summary\ns_sum ${sum}\ns_count ${count}\ns_sum{a="b"} 1\ns_count{a="b"} 1\n`;
    const app = bench.add(text(5, 2));
    const rest = { 's_sum{a="b"}': 1, 's_count{a="b"}': 1 };
    assertEquals(await app.poll(), { s_sum: 5, s_count: 2, ...rest });
    assertEquals(await app.says(text(fallen, 3)), { s_count: 3, ...rest });
    assertEquals(await app.says(text(9, 4)), { s_count: 4, ...rest });
    assertEquals(app.source.status.problems, [
      '"s_sum": a sum fell by itself, so it has negative values: it is hidden',
    ]);
    await bench.sources[Symbol.asyncDispose]();
  }
});

Deno.test("A source's summary continues where only the sum fell if the exporter began after the previous poll", async () => {
  const bench = new SourcesBench();
  const text = (start: number, sum: number, count: number) =>
    `process_start_time_seconds ${start}\n# TYPE s summary\ns_sum ${sum}\ns_count ${count}\n`;
  const app = bench.add(text(5, 5, 2), { periodMs: 60_000 });
  await app.poll();
  await bench.clock.advance(5_000);
  const start = bench.clock.wallMs() / 1000 - 1;
  const shown = await app.says(text(start, 1, 2));
  assertEquals(shown, { process_start_time_seconds: start, s_sum: 6, s_count: 2 });
  assertEquals(app.source.status.problems, []);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's gauge that vanishes is hidden and comes back, its counter is kept", async () => {
  const bench = new SourcesBench();
  const app = bench.add(`${COUNTER}a_total{x="1"} 5\ng{x="1"} 6\ng{x="2"} 7\n`);
  await app.poll();
  assertEquals(await app.says('g{x="2"} 8\n'), { 'a_total{x="1"}': 5, 'g{x="2"}': 8 });
  assertEquals(await app.says(`g{x="1"} 1\n${COUNTER}a_total{x="1"} 6\n`), {
    'a_total{x="1"}': 6,
    'g{x="1"}': 1,
  });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's value that is not finite is not shown, and reported, but for a quantile of nothing", async () => {
  for (const value of ["NaN", "+Inf", "-Inf"]) {
    const bench = new SourcesBench();
    const app = bench.add("g 1\n");
    await app.poll();
    const quantile = '# TYPE s summary\ns{quantile="0.5"} NaN\n';
    assertEquals(await app.says(`g ${value}\n${COUNTER}a_total ${value}\n${quantile}`), {});
    const told = `a value can't be taken over: ${Number(value.replace("Inf", "Infinity"))}`;
    assertEquals(app.source.status.problems, [`"g": ${told}`, `"a_total": ${told}`]);
    await bench.sources[Symbol.asyncDispose]();
  }
});

Deno.test("Of two series of a source that become one, the first is kept, and the other is reported", async () => {
  const histogram = (labels: string, all: number) =>
    `h_bucket{${labels},le="1"} ${all}\nh_bucket{${labels},le="+Inf"} ${all}\n` +
    `h_sum{${labels}} ${all}\nh_count{${labels}} ${all}\n`;
  const cases: readonly [
    text: string,
    shown: Record<string, number | number[]>,
    families: readonly string[],
  ][] = [
    [`${COUNTER}a_total{x=""} 5\na_total 3\n`, { a_total: 5 }, ["a_total"]],
    [
      '# TYPE "a.b_total" counter\n{"a.b_total"} 5\n# TYPE a_b_total counter\na_b_total 3\n',
      { a_b_total: 5 },
      ["a_b_total"],
    ],
    [`${COUNTER}a_total{"x.y"="1"} 5\na_total{x_y="1"} 3\n`, { 'a_total{x_y="1"}': 5 }, [
      "a_total",
    ]],
    [
      `# TYPE old_total counter\nold_total 5\n# TYPE new_total counter\nnew_total 3\n`,
      { new_total: 5 },
      ["new_total"],
    ],
    ['g 5\ng{x=""} 3\n', { g: 5 }, ["g"]],
    [
      "# TYPE s summary\ns_sum 5\ns_count 5\n" + 's_sum{x=""} 3\ns_count{x=""} 3\n',
      { s_sum: 5, s_count: 5 },
      ["s_sum", "s_count"],
    ],
    [
      HISTOGRAM + histogram('"x.y"="1"', 5) + histogram('x_y="1"', 3),
      { 'h{x_y="1"}': [5, 0, 5] },
      ["h"],
    ],
  ];
  for (const [text, shown, families] of cases) {
    const bench = new SourcesBench({ rules: { rename: { old_total: "new_total" } } });
    const app = bench.add(text);
    for (let poll = 0; poll < 3; poll++) assertEquals(await app.poll(), shown);
    assertEquals(
      app.source.status.problems,
      families.map((name) =>
        `"${name}": two of the source's series have one name and labels here, and the first is kept`
      ),
    );
    await bench.sources[Symbol.asyncDispose]();
  }
});

Deno.test("Of two series of a source that become one, the first stays, in whichever order they come later", async () => {
  const bench = new SourcesBench();
  const lines = ['a_total{x=""} 5\n', "a_total 3\n"];
  const app = bench.add(COUNTER + lines.join(""));
  await app.poll();
  for (let poll = 0; poll < 3; poll++) {
    assertEquals(await app.says(COUNTER + lines.reverse().join("")), { a_total: 5 });
    assertEquals(app.source.status.problems.length, 1);
  }
  assertEquals(await app.says(COUNTER + lines[1]), { a_total: 5 });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's types become those that merge", async () => {
  const bench = new SourcesBench();
  const app = bench.add(
    "# TYPE s summary\n" + 's{quantile="0.5",a="b"} 3\ns_sum{a="b"} 10\ns_count{a="b"} 4\n' +
      "untyped_thing 1\n# TYPE level gauge\nlevel 2\n",
    { gauges: { level: "max" } },
  );
  assertEquals(await app.poll(), {
    's{a="b",quantile="0.5"}': 3,
    's_sum{a="b"}': 10,
    's_count{a="b"}': 4,
    untyped_thing: 1,
    level: 2,
  });
  const kinds = bench.registry.shard.layout.families
    .filter(({ name }) => !name.startsWith("muster_"))
    .map(({ name, type, merge }) => `${name} ${type} ${merge}`);
  assertEquals(kinds, [
    "s gauge per_node",
    "s_sum counter add",
    "s_count counter add",
    "untyped_thing gauge per_node",
    "level gauge max",
  ]);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A rule for a source's summary goes for its sum and its count too, unless they have their own", async () => {
  const text = ["cut", "old", "own"].map((name) =>
    `# TYPE ${name} summary\n${name}{quantile="0.5"} 1\n${name}_sum 2\n${name}_count 3\n`
  ).join("");
  const bench = new SourcesBench({
    rules: { drop: ["p_cut", "p_own_sum"], rename: { p_old: "new", p_own_count: "owned" } },
  });
  assertEquals(await bench.add(text, { prefix: "p_" }).poll(), {
    'new{quantile="0.5"}': 1,
    new_sum: 2,
    new_count: 3,
    'p_own{quantile="0.5"}': 1,
    owned: 3,
  });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source in OpenMetrics keeps its infos, state sets and counter names", async () => {
  const bench = new SourcesBench();
  const contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
  const app = bench.add(
    '# TYPE a counter\na_total 1\na_created 5\n# TYPE i info\ni_info{v="1"} 1\n' +
      '# TYPE st stateset\nst{st="on"} 1\nst{st="off"} 0\n# EOF\n',
    { registry: { metrics: () => "", contentType } },
  );
  assertEquals(await app.poll(), {
    a_total: 1,
    'i_info{v="1"}': 1,
    'st{st="on"}': 1,
    'st{st="off"}': 0,
  });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's info that is not 1, or state that is neither 0 nor 1, is left out and reported", async () => {
  const bench = new SourcesBench();
  const contentType = "application/openmetrics-text";
  const app = bench.add(
    '# TYPE build info\nbuild_info{v="1"} 0\nbuild_info{v="2"} 1\n' +
      '# TYPE mode stateset\nmode{mode="a"} 7\nmode{mode="b"} 1\n# EOF\n',
    { registry: { contentType, metrics: () => "" } },
  );
  assertEquals(await app.poll(), { 'build_info{v="2"}': 1, 'mode{mode="b"}': 1 });
  assertEquals(app.source.status.problems, [
    '"build_info": a value can\'t be taken over: 0',
    '"mode": a value can\'t be taken over: 7',
  ]);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's state set keeps its state under a prefix and under a new name", async () => {
  const text = '# TYPE st stateset\nst{st="on",a="b"} 1\nst{st="off",a="b"} 0\n# EOF\n';
  const registry = { metrics: () => "", contentType: "application/openmetrics-text" };
  const bench = new SourcesBench({ rules: { rename: { st: "new" } } });
  const prefixed = bench.add(text, { name: "prefixed", registry, prefix: "my_" });
  const renamed = bench.add(text, { name: "renamed", registry });
  await prefixed.poll();
  assertEquals(await renamed.poll(), {
    'my_st{a="b",my_st="on"}': 1,
    'my_st{a="b",my_st="off"}': 0,
    'new{a="b",new="on"}': 1,
    'new{a="b",new="off"}': 0,
  });
  assertEquals([prefixed, renamed].flatMap(({ source }) => source.status.problems), []);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's series is as old as its first poll", async () => {
  const bench = new SourcesBench();
  const app = bench.add("a 1\n");
  await app.poll();
  await bench.clock.advance(5_000);
  await app.says("a 1\nb 1\n");
  const { layout } = bench.registry.shard;
  const created = Array.from({ length: layout.seriesCount }, (_, i) => i)
    .filter((i) => "ab".includes(layout.families[layout.familyOf(i)]!.name))
    .map((i) => layout.createdMsOf(i));
  assertEquals(created, [1_000_000, 1_005_000]);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's labels: sets side by side, empty ones absent, orders alike, reserved ones renamed", async () => {
  const bench = new SourcesBench();
  const app = bench.add('g 1\ng{a="1",b="2"} 2\ng{a="",c="3"} 3\ng{node="n"} 4\n');
  const first = { g: 1, 'g{a="1",b="2"}': 2, 'g{c="3"}': 3, 'g{exported_node="n"}': 4 };
  assertEquals(await app.poll(), first);
  assertEquals(await app.says('g{b="2",a="1"} 5\n'), { 'g{a="1",b="2"}': 5 });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's names in UTF-8 are escaped with underscores", async () => {
  const bench = new SourcesBench();
  const app = bench.add('{"my.metric","a b"="c"} 1\n');
  assertEquals(await app.poll(), { 'my_metric{a_b="c"}': 1 });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's prefix and labels are on every series", async () => {
  const bench = new SourcesBench();
  const app = bench.add('g{db="x"} 1\n', { prefix: "pg_", labels: { db: "main" } });
  assertEquals(await app.poll(), { 'pg_g{db="main",exported_db="x"}': 1 });
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A name that the node itself has is left out of a source and reported", async () => {
  const bench = new SourcesBench();
  bench.registry.counter({ name: "a_total", help: "" });
  bench.registry.histogram({ name: "h", help: "", labels: ["a"] });
  const app = bench.add(`${COUNTER}a_total 5\n# TYPE h_count counter\nh_count 1\nrest 2\n`);
  assertEquals(await app.poll(), { a_total: 0, rest: 2 });
  assertEquals(app.source.status.problems, [
    '"a_total" is taken: this node itself has a metric "a_total": give the source a prefix',
    '"h_count" is taken: this node itself has a metric "h": give the source a prefix',
  ]);
  assertEquals(bench.own("muster_source_problems", "app"), 2);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A name that another metric of the same source has is reported as such", async () => {
  const bench = new SourcesBench({ rules: { rename: { other: "h_count" } } });
  const app = bench.add(`${HISTOGRAM}h_bucket{le="1"} 1\nh_sum 1\nh_count 1\nother 1\n`);
  assertEquals(await app.poll(), { h: [1, 0, 1] });
  assertEquals(app.source.status.problems, [
    '"h_count" is taken: this source itself has a metric "h"',
  ]);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A name that a source has can't be registered any more, and the error says what to do", async () => {
  const bench = new SourcesBench();
  const app = bench.add("late 1\n");
  await app.poll();
  assertThrows(
    () => bench.registry.counter({ name: "late", help: "" }),
    TypeError,
    'a source has "late" already, so give the source a prefix',
  );
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("Two sources may share a name if a label of theirs tells them apart, and not otherwise", async () => {
  const bench = new SourcesBench();
  const a = bench.add("g 1\n", { name: "a", labels: { db: "a" } });
  const b = bench.add("g 2\n", { name: "b", labels: { db: "b" } });
  const c = bench.add("g 3\nh 4\n", { name: "c" });
  await a.poll();
  await b.poll();
  assertEquals(await c.poll(), { 'g{db="a"}': 1, 'g{db="b"}': 2, h: 4 });
  assertEquals(c.source.status.problems, [
    '"g" is taken: source "a" has a metric "g": give one of the two a prefix, or both a label that tells them apart',
  ]);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("What a source can't give is left out and reported, and the rest is taken", async () => {
  const bench = new SourcesBench();
  const app = bench.add(
    `${HISTOGRAM}h_bucket{le="1"} 5\nh_bucket{le="+Inf"} 4\nh_sum 1\nh_count 4\n` +
      "# TYPE no_count histogram\nno_count_sum 1\n" +
      `${COUNTER}a_total -1\n` + 'g{__x="1"} 1\nok 1\n',
  );
  assertEquals(await app.poll(), { ok: 1 });
  assertEquals(app.source.status.problems.length, 4);
  assertEquals(app.source.status.isUp, true);
  const before = bench.logged.length;
  await app.poll();
  assertEquals(bench.logged.length, before, "each problem is told once");
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's texts are held to what peers take: long values are left out, long help is cut", async () => {
  const bench = new SourcesBench();
  const app = bench.add(
    `# HELP g ${"h".repeat(5_000)}\ng{x="${"v".repeat(5_000)}"} 1\ng{x="short"} 2\n`,
  );
  assertEquals(await app.poll(), { 'g{x="short"}': 2 });
  assertEquals(app.source.status.problems, ['"g": a label value has more than 4096 characters']);
  const family = bench.registry.shard.layout.families.find(({ name }) => name === "g")!;
  assertEquals(family.help.length, 4_096);
  await bench.sources[Symbol.asyncDispose]();
});

Deno.test("A source's series beyond its limit, or the node's, are left out and reported", async () => {
  const text = ["x", "y", "z"].map((x) => `g{x="${x}"} 1\n`).join("");
  const narrow = new SourcesBench();
  const app = narrow.add(text, { seriesPerFamilyMax: 2 });
  assertEquals(Object.keys(await app.poll()), ['g{x="x"}', 'g{x="y"}']);
  assertEquals(app.source.status.problems, ['"g": there is no room for all of its series']);
  await narrow.sources[Symbol.asyncDispose]();
  const small = new SourcesBench({ cellsMax: 0 });
  assertEquals(await small.add(text).poll(), {});
  await small.sources[Symbol.asyncDispose]();
});

Deno.test("A source that counts from its first poll counts what comes after, new series in full", async () => {
  const bench = new SourcesBench();
  const histogram = (all: number) =>
    `${HISTOGRAM}h_bucket{le="1"} ${all}\nh_bucket{le="+Inf"} ${all}\nh_sum ${all}\nh_count ${all}\n`;
  const app = bench.add(`${COUNTER}a_total 100\n${histogram(10)}`, { counters: "from_first_poll" });
  assertEquals(await app.poll(), { a_total: 0, h: [0, 0, 0] });
  assertEquals(await app.says(`${COUNTER}a_total 103\na_total{x="new"} 2\n${histogram(11)}`), {
    a_total: 3,
    'a_total{x="new"}': 2,
    h: [1, 0, 1],
  });
  assertEquals(await app.says(`${COUNTER}a_total 4\n${histogram(2)}`), {
    a_total: 7,
    'a_total{x="new"}': 2,
    h: [3, 0, 3],
  });
  await bench.sources[Symbol.asyncDispose]();
});

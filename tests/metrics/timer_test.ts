import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";

function timing() {
  const time = { ms: 1000 };
  const registry = new Registry({ nowMs: () => time.ms, wallMs: () => 1_700_000_000_500 });
  return { time, registry };
}

Deno.test("startTimer observes the seconds that passed, in each metric that takes observations", () => {
  const { time, registry } = timing();
  const metrics = [
    registry.histogram({ name: "h", help: "" }),
    registry.nativeHistogram({ name: "n", help: "" }),
    registry.summary({ name: "s", help: "" }),
  ];
  for (const metric of metrics) {
    const end = metric.startTimer();
    time.ms += 250;
    assertEquals(end(), 0.25);
    assertEquals([metric.count, metric.sum], [1, 0.25]);
  }
});

Deno.test("startTimer of a family observes under the labels that it was given", () => {
  const { time, registry } = timing();
  const family = registry.histogram({ name: "h", help: "", labels: ["a"] });
  const end = family.startTimer({ a: "x" });
  time.ms += 2000;
  end();
  assertEquals(family.labels({ a: "x" }).sum, 2);
});

Deno.test("startTimer of a family leaves labels to the end that are known only then", () => {
  const { time, registry } = timing();
  const labels = ["route", "code"] as const;
  const families = [
    registry.histogram({ name: "h", help: "", labels }),
    registry.nativeHistogram({ name: "n", help: "", labels }),
    registry.summary({ name: "s", help: "", labels }),
  ];
  for (const family of families) {
    const end = family.startTimer({ route: "/" });
    const bare = family.startTimer();
    time.ms += 250;
    assertEquals(end({ code: 200 }), 0.25);
    time.ms += 250;
    assertEquals(bare({ code: 200, route: "/" }), 0.5);
    const series = family.labels({ route: "/", code: 200 });
    assertEquals([series.count, series.sum], [2, 0.75]);
  }
  const gauge = registry.gauge({ name: "g", help: "", labels });
  const end = gauge.startTimer({ route: "/" });
  time.ms += 250;
  end({ code: 500 });
  assertEquals(gauge.labels({ route: "/", code: 500 }).value, 0.25);
});

Deno.test("a family's timer refuses a wrong label when it is given, and records nothing without all", () => {
  const { registry } = timing();
  const family = registry.histogram({ name: "h", help: "", labels: ["route", "code"] });
  // @ts-expect-error a label is unknown
  assertThrows(() => family.startTimer({ path: "/" }), TypeError, 'received also "path"');
  // @ts-expect-error a value is no string, number or boolean
  assertThrows(() => family.startTimer({ route: {} }), TypeError, 'label "route" must be');
  const end = family.startTimer({ route: "/" });
  const missing =
    'Cannot use "h": label "code" must be a string, number or boolean: received nothing';
  // @ts-expect-error a label is still missing
  assertThrows(() => end(), TypeError, missing);
  // @ts-expect-error a label is unknown
  assertThrows(() => end({ code: 200, path: "/" }), TypeError, 'received also "path"');
  const whole = family.startTimer({ route: "/", code: 500 });
  // @ts-expect-error there is no label left, and what an event hands over is none
  whole({ code: 200 });
  assertEquals(registry.seriesCounts().map(({ series }) => series), [1]);
  assertEquals(family.labels({ route: "/", code: 500 }).count, 1);
  const clockless = new Registry().histogram({ name: "h", help: "", labels: ["a"] });
  assertThrows(() => clockless.startTimer(), TypeError, "the registry must have a clock");
});

Deno.test("time returns what the work returns, and observes also when it throws", () => {
  const { time, registry } = timing();
  const histogram = registry.histogram({ name: "h", help: "" });
  assertEquals(histogram.time(() => (time.ms += 500, "done")), "done");
  assertThrows(
    () =>
      histogram.time(() => {
        time.ms += 250;
        throw new Error("failed");
      }),
    Error,
    "failed",
  );
  assertEquals([histogram.count, histogram.sum], [2, 0.75]);
});

Deno.test("time waits for a promise, and observes also when it rejects", async () => {
  const { time, registry } = timing();
  const gauge = registry.gauge({ name: "g", help: "" });
  const work = async () => {
    await Promise.resolve();
    time.ms += 500;
    return "done";
  };
  assertEquals(await gauge.time(work), "done");
  assertEquals(gauge.value, 0.5);
  const failing = async () => {
    await work();
    time.ms += 1000;
    throw new Error("failed");
  };
  await assertRejects(() => gauge.time(failing), Error, "failed");
  assertEquals(gauge.value, 1.5);
});

Deno.test("A timer on a clock that goes back observes 0, which is better than nothing", () => {
  const { time, registry } = timing();
  const histogram = registry.histogram({ name: "h", help: "" });
  const end = histogram.startTimer();
  time.ms -= 500;
  assertEquals(end(), 0);
  assertEquals(histogram.count, 1);
});

Deno.test("Gauge.setToCurrentTime sets the wall clock in seconds", () => {
  const { registry } = timing();
  const gauge = registry.gauge({ name: "g", help: "", labels: ["a"] });
  gauge.setToCurrentTime({ a: "x" });
  assertEquals(gauge.labels({ a: "x" }).value, 1_700_000_000.5);
});

/** What some libraries give in a promise's place: it begins when it is awaited, each time anew. */
function lazy(work: () => unknown): { readonly then: PromiseLike<unknown>["then"] } {
  return { then: (done, fail) => Promise.resolve().then(work).then(done, fail) };
}

Deno.test("time measures until another library's promise has come, which it awaits once", async () => {
  const { time, registry } = timing();
  const histogram = registry.histogram({ name: "h", help: "" });
  let runs = 0;
  const query = lazy(() => (runs++, time.ms += 500, "rows"));
  assertEquals(await histogram.time(() => query), "rows");
  assertEquals([runs, histogram.count, histogram.sum], [1, 1, 0.5]);
  const broken = lazy(() => {
    throw new Error("no rows");
  });
  await assertRejects(async () => await histogram.time(() => broken), Error, "no rows");
  assertEquals(histogram.count, 2);
});

Deno.test("a registry without a clock times nothing, and says so", () => {
  const histogram = new Registry().histogram({ name: "h", help: "" });
  assertThrows(() => histogram.startTimer(), TypeError, "the registry must have a clock");
  assertThrows(() => histogram.time(() => 1), TypeError, "Cannot time anything");
  assertEquals(histogram.count, 0);
});

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { silentLog } from "../../src/io/log.ts";
import { type Bus, createBus } from "../../src/telemetry/bus.ts";

function recorded(): { readonly bus: Bus; readonly events: unknown[]; pass(ms: number): void } {
  let nowMs = 5_000;
  const bus = createBus(silentLog, () => nowMs);
  const events: unknown[] = [];
  bus.attach("*", (...event) => events.push(event));
  return { bus, events, pass: (ms) => void (nowMs += ms) };
}

Deno.test("Bus.span tells when work starts and, with its time, when it stops", () => {
  const { bus, events, pass } = recorded();
  const result = bus.span("job", { queue: "mail" }, () => {
    pass(12.5);
    return 7;
  });
  assertEquals(result, 7);
  assertEquals(events, [
    ["job.start", { count: 1 }, { queue: "mail" }],
    ["job.stop", { count: 1, duration_ms: 12.5 }, { queue: "mail" }],
  ]);
});

Deno.test("Bus.span of a promise stops when that is settled", async () => {
  const { bus, events, pass } = recorded();
  const gate = Promise.withResolvers<string>();
  const span = bus.span("job", {}, () => gate.promise);
  assertEquals(events.length, 1);
  pass(3);
  gate.resolve("done");
  assertEquals(await span, "done");
  assertEquals(events[1], ["job.stop", { count: 1, duration_ms: 3 }, {}]);
});

Deno.test("Bus.span tells of an exception by its class alone, and lets the caller have it", async () => {
  const { bus, events, pass } = recorded();
  const boom = (error: unknown) => () => {
    pass(2);
    throw error;
  };
  assertThrows(() => bus.span("job", { a: 1 }, boom(new RangeError("customer 7"))), RangeError);
  await assertRejects(() => bus.span("late", {}, () => Promise.resolve().then(boom("text"))));
  assertEquals(events.filter((_, i) => i % 2 === 1), [
    ["job.exception", { count: 1, duration_ms: 2 }, { a: 1, error: "RangeError" }],
    ["late.exception", { count: 1, duration_ms: 2 }, { error: "string" }],
  ]);
});

Deno.test("Bus.span survives a handler that throws, and just works when nobody listens", () => {
  const bus = createBus(silentLog);
  assertEquals(bus.span("job", {}, () => 1), 1);
  bus.attach("job.stop", () => {
    throw new Error("handler");
  });
  assertEquals(bus.span("job", {}, () => 2), 2);
  assertEquals(bus.handlerFailures, 1);
});

Deno.test("Bus.detach takes one handler of a name away", () => {
  const bus = createBus(silentLog);
  let calls = 0;
  const handler = () => void calls++;
  bus.attach("a", handler);
  assertEquals([bus.detach("b", handler), bus.detach("a", handler)], [false, true]);
  assertEquals(bus.detach("a", handler), false);
  bus.emit("a", {});
  assertEquals(calls, 0);
});

Deno.test("Bus.span of another library's promise stops when that has come, and awaits it once", async () => {
  const { bus, events, pass } = recorded();
  let runs = 0;
  const query: PromiseLike<string> = {
    then: (done, fail) =>
      Promise.resolve().then(() => {
        runs++;
        pass(3);
        return "rows";
      }).then(done, fail),
  };
  assertEquals(await bus.span("query", {}, () => query), "rows");
  assertEquals(runs, 1);
  assertEquals(events.at(-1), ["query.stop", { count: 1, duration_ms: 3 }, {}]);
});

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { LogSink } from "../../src/io/log.ts";
import { silentLog } from "../../src/io/log.ts";
import { createBus, EMIT_DEPTH_MAX, HANDLERS_MAX, ROUTES_MAX } from "../../src/telemetry/bus.ts";
import { until } from "../until.ts";

function recordingLog(): { readonly lines: string[]; readonly log: LogSink } {
  const lines: string[] = [];
  return { lines, log: { log: (level, message) => lines.push(`${level}: ${message}`) } };
}

Deno.test("Bus.emit tells the handlers of a name, of all below a name and of all, in order", () => {
  const bus = createBus(silentLog);
  const heard: string[] = [];
  bus.attach("billing.invoice_paid", (name) => heard.push(`exact ${name}`));
  bus.attach("billing.*", (name) => heard.push(`below ${name}`));
  bus.attach("*", (name) => heard.push(`all ${name}`));
  bus.emit("billing.invoice_paid", { count: 1 });
  bus.emit("billing", { count: 1 });
  bus.emit("billings.x", { count: 1 });
  bus.emit("billing.a.b", { count: 1 });
  assertEquals(heard, [
    "exact billing.invoice_paid",
    "below billing.invoice_paid",
    "all billing.invoice_paid",
    "all billing",
    "all billings.x",
    "below billing.a.b",
    "all billing.a.b",
  ]);
});

Deno.test("Bus.emit hands over measurements and metadata as they are", () => {
  const bus = createBus(silentLog);
  const measurements = { count: 1 };
  const metadata = { plan: "pro" };
  let calls = 0;
  bus.attach("a", (_name, gotMeasurements, gotMetadata) => {
    calls++;
    assert(gotMeasurements === measurements);
    assertEquals(gotMetadata, calls === 1 ? metadata : {});
  });
  bus.emit("a", measurements, metadata);
  bus.emit("a", measurements);
  assertEquals([calls, bus.handlerFailures], [2, 0]);
});

Deno.test("Bus.attach returns a function that detaches, once and only that handler", () => {
  const bus = createBus(silentLog);
  let calls = 0;
  const handler = () => void calls++;
  const detach = bus.attach("a", handler);
  bus.attach("a", handler);
  bus.emit("a", {});
  detach();
  detach();
  bus.emit("a", {});
  assertEquals(calls, 3);
});

Deno.test("Bus.emit survives a handler that throws, detaches it, counts it and logs it once", () => {
  const { lines, log } = recordingLog();
  const bus = createBus(log);
  let calls = 0;
  bus.attach("a", () => {
    throw new TypeError("no such label");
  });
  bus.attach("a", () => void calls++);
  bus.emit("a", {});
  bus.emit("a", {});
  assertEquals(calls, 2);
  assertEquals(bus.handlerFailures, 1);
  assertEquals(lines, [
    "error: A telemetry handler of a failed and is detached: TypeError: no such label",
  ]);
});

Deno.test("Bus.emit never throws, whatever the log does, and is not used up by it", () => {
  const bus = createBus({
    log: () => {
      throw new Error("disk full");
    },
  });
  let heard = 0;
  for (let i = 0; i < EMIT_DEPTH_MAX + 1; i++) {
    bus.attach("a", () => {
      throw new Error("broken");
    });
    bus.emit("a", {});
  }
  bus.attach("b", () => void heard++);
  bus.emit("b", {});
  assertEquals([heard, bus.handlerFailures], [1, EMIT_DEPTH_MAX + 1]);
});

Deno.test("Bus.emit survives a handler that gives another library's promise, which is rejected", async () => {
  const { lines, log } = recordingLog();
  const bus = createBus(log);
  const thenable = { then: (_: unknown, fail: (error: unknown) => void) => fail("no connection") };
  bus.attach("a", () => thenable as unknown as void);
  bus.emit("a", {});
  await until(() => bus.handlerFailures === 1, { what: "the rejection" });
  assertEquals(lines, ["error: A telemetry handler of a failed and is detached: no connection"]);
});

Deno.test("Bus.attach refuses what is no name or no handler, and an emit without a name reaches nobody", () => {
  const bus = createBus(silentLog);
  const handler = () => assert(false);
  const attach = bus.attach.bind(bus) as (name: unknown, handler: unknown) => void;
  assertThrows(
    () => attach(undefined, handler),
    TypeError,
    "Cannot attach a handler: the event's name must be a string such as billing.*: received undefined",
  );
  assertThrows(() => attach("", handler), TypeError, "received an empty one");
  assertThrows(() => attach("a", {}), TypeError, 'a handler to "a": it must be a function');
  bus.attach("a.*", handler);
  bus.emit(undefined as unknown as string, {});
  assertEquals([bus.isListening(undefined as unknown as string), bus.handlerFailures], [false, 0]);
});

Deno.test("Bus.emit survives a handler that throws something that has no text", () => {
  const bus = createBus(silentLog);
  bus.attach("a", () => {
    throw Object.create(null);
  });
  bus.emit("a", {});
  assertEquals(bus.handlerFailures, 1);
});

Deno.test("Bus.emit survives a handler whose promise rejects", async () => {
  const { lines, log } = recordingLog();
  const bus = createBus(log);
  bus.attach("a", () => Promise.reject(new Error("late")));
  bus.emit("a", {});
  bus.emit("a", {});
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(bus.handlerFailures, 1);
  assertEquals(lines.length, 1);
  assertMatch(lines[0]!, /late/);
});

Deno.test("Bus.emit ends a handler that emits its own event without end", () => {
  const { lines, log } = recordingLog();
  const bus = createBus(log);
  bus.attach("a", () => bus.emit("a", {}));
  bus.emit("a", {});
  assertEquals([bus.handlerFailures, lines.length], [1, 1]);
  assertMatch(lines[0]!, /must be at most 32 deep/);
  assertEquals(bus.isListening("a"), false);
  let calls = 0;
  bus.attach("b", () => void calls++);
  bus.emit("b", {});
  assertEquals(calls, 1);
});

Deno.test("Bus.emit does not call a handler that an earlier one detached, nor one attached meanwhile", () => {
  const bus = createBus(silentLog);
  const heard: string[] = [];
  bus.attach("a", () => {
    detachSecond();
    bus.attach("a", () => heard.push("third"));
    heard.push("first");
  });
  const detachSecond = bus.attach("a", () => heard.push("second"));
  bus.emit("a", {});
  assertEquals(heard, ["first"]);
});

Deno.test("Bus.isListening tells whether an event would reach a handler", () => {
  const bus = createBus(silentLog);
  assertEquals(bus.isListening("a.b"), false);
  const detach = bus.attach("a.*", () => {});
  assertEquals([bus.isListening("a.b"), bus.isListening("b")], [true, false]);
  detach();
  assertEquals(bus.isListening("a.b"), false);
});

Deno.test("Bus.attach refuses more handlers than the limit and says what is wrong", () => {
  const bus = createBus(silentLog);
  const detach = bus.attach("a", () => {});
  for (let i = 1; i < HANDLERS_MAX; i++) bus.attach("a", () => {});
  assertThrows(() => bus.attach("a", () => {}), RangeError, "at most 1000");
  detach();
  bus.attach("a", () => {});
});

Deno.test("Bus.emit reaches handlers of names beyond those whose routes are remembered", () => {
  const bus = createBus(silentLog);
  let calls = 0;
  bus.attach("*", () => void calls++);
  for (let i = 0; i < ROUTES_MAX + 10; i++) bus.emit(`event.${i}`, {});
  bus.emit(`event.${ROUTES_MAX + 5}`, {});
  assertEquals(calls, ROUTES_MAX + 11);
});

Deno.test("createBus makes buses that share nothing", () => {
  const one = createBus(silentLog);
  const other = createBus(silentLog);
  one.attach("*", () => {});
  assertEquals([one.isListening("a"), other.isListening("a")], [true, false]);
});

import { assertEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import { Counter as PromCounter, Registry as PromRegistry } from "prom-client";
import { intakeHandler } from "../src/http/intake_handler.ts";
import { systemClock } from "../src/io/clock.ts";
import { silentLog } from "../src/io/log.ts";
import { Registry } from "../src/metrics/registry.ts";
import { Intake } from "../src/plugins/intake.ts";
import { Plugins } from "../src/plugins/plugins.ts";
import { VALIDATION } from "../src/plugins/validation.ts";
import { type Bus, createBus } from "../src/telemetry/bus.ts";
import { atMost, PROM_CLIENT } from "./bars.ts";
import type { Comparison } from "./comparison.ts";

const EMITS = 100_000;
const RUN = { unit: "ns", operations: EMITS, runs: 61, warmups: 15 } as const;
const BATCH = 1_000;
const EVENT = "rsolv.validation.test_generated";
const LABELS = ["customer_id", "language", "framework", "status"] as const;
const ONE = { count: 1 };
const METADATA = Array.from({ length: 64 }, (_, i) => ({
  customer_id: `customer-${i}`,
  language: i % 2 === 0 ? "javascript" : "ruby",
  framework: "jest",
  status: "success",
}));

/** What an event costs whoever emits it, and what the intake takes in a second. */
export function telemetry(): Comparison[] {
  return [unheard(), counted(), batch()];
}

function unheard(): Comparison {
  const { bus } = measured();
  const emitter = new EventEmitter();
  emitter.on(EVENT, () => {});
  return {
    ...RUN,
    title: "an event that nobody hears",
    note: "Other events have handlers. The emitter is Node's `EventEmitter`.",
    contenders: [
      {
        name: "Muster",
        run: () => {
          for (let i = 0; i < EMITS; i++) bus.emit("rsolv.unheard", ONE, METADATA[i & 63]!);
        },
      },
      {
        name: "EventEmitter",
        run: () => {
          for (let i = 0; i < EMITS; i++) emitter.emit("rsolv.unheard", ONE, METADATA[i & 63]!);
        },
      },
    ],
    bars: [atMost(30)],
    verify: () => assertEquals(bus.isListening("rsolv.unheard"), false),
  };
}

function counted(): Comparison {
  const { bus, registry } = measured();
  const promClient = new PromRegistry();
  const counter = new PromCounter({
    name: "tests_total",
    help: "Tests.",
    labelNames: LABELS,
    registers: [promClient],
  });
  const emitter = new EventEmitter();
  emitter.on(EVENT, (measurements: typeof ONE, metadata: (typeof METADATA)[0]) => {
    counter.inc(metadata, measurements.count);
  });
  return {
    ...RUN,
    title: "an event that a plugin counts, four labels, one of them `top: 100`",
    note:
      "Against Node's `EventEmitter` with a counter of prom-client, which has no rules of labels.",
    contenders: [
      {
        name: "Muster",
        run: () => {
          for (let i = 0; i < EMITS; i++) bus.emit(EVENT, ONE, METADATA[i & 63]!);
        },
      },
      {
        name: PROM_CLIENT,
        run: () => {
          for (let i = 0; i < EMITS; i++) emitter.emit(EVENT, ONE, METADATA[i & 63]!);
        },
      },
    ],
    bars: [atMost(150)],
    verify: async () => {
      for (const metadata of METADATA) {
        bus.emit(EVENT, ONE, metadata);
        emitter.emit(EVENT, ONE, metadata);
      }
      const [metric] = await promClient.getMetricsAsJSON();
      assertEquals([seriesOf(registry), metric!.values.length], [METADATA.length, METADATA.length]);
    },
  };
}

function batch(): Comparison {
  const { bus, registry, plugins } = measured();
  const intake = new Intake({ bus, registry, events: plugins.events });
  const take = intakeHandler({ intake, auth: { kind: "none" }, clock: systemClock });
  const events = Array.from({ length: BATCH }, (_, i) => ({
    name: "rsolv.validation.execution",
    measurements: { count: 1, duration_ms: i },
    metadata: METADATA[i & 63]!,
  }));
  const body = new TextEncoder().encode(JSON.stringify(events));
  const send = async () => {
    const response = await take(new Request("http://muster/", { method: "POST", body }));
    return await response.json();
  };
  return {
    title: "an event of a batch of 1,000 through the intake",
    unit: "µs",
    operations: BATCH,
    runs: 81,
    warmups: 20,
    note: "From the request's body to the answer's. 20 µs are 50,000 events a second on one core.",
    contenders: [{ name: "Muster", run: send }],
    bars: [atMost(20)],
    verify: async () => {
      const { accepted } = await send();
      assertEquals(accepted, BATCH);
    },
  };
}

interface Measured {
  readonly bus: Bus;
  readonly registry: Registry;
  readonly plugins: Plugins;
}

function measured(): Measured {
  const bus = createBus(silentLog);
  const registry = new Registry();
  const clock = systemClock;
  const plugins = new Plugins({ bus, registry, clock, log: silentLog, hash: (text) => text });
  plugins.add(VALIDATION);
  return { bus, registry, plugins };
}

function seriesOf(registry: Registry): number | undefined {
  return registry.seriesCounts()
    .find(({ family }) => family === "rsolv_validation_test_generated_total")?.series;
}

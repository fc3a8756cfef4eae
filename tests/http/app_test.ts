import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Hono } from "hono";
import type { AuthPolicy } from "../../src/http/auth.ts";
import { createApp } from "../../src/http/app.ts";
import { INTAKE_BYTES_MAX, intakeHandler } from "../../src/http/intake_handler.ts";
import type { OpsEnv } from "../../src/http/ops_env.ts";
import { silentLog } from "../../src/io/log.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { BILLING } from "../../src/plugins/billing.ts";
import { Intake } from "../../src/plugins/intake.ts";
import { MITIGATION } from "../../src/plugins/mitigation.ts";
import { Plugins } from "../../src/plugins/plugins.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { FakeClock } from "../fake_clock.ts";
import { shown } from "../metrics/shown.ts";

const PATH = "/telemetry/events";
const PAID = "rsolv.billing.invoice_paid";

function setUp(auth: AuthPolicy = { kind: "none" }) {
  const clock = new FakeClock();
  const bus = createBus(silentLog);
  const registry = new Registry();
  const plugins = new Plugins({ bus, registry, clock, log: silentLog, hash: (text) => text });
  plugins.add(BILLING);
  plugins.add(MITIGATION);
  const intake = new Intake({ bus, registry, events: plugins.events });
  const takeEvents = intakeHandler({ intake, auth, clock });
  return { app: createApp({ takeEvents }), takeEvents, registry };
}

async function post(
  app: Hono<OpsEnv>,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await app.request(PATH, { method: "POST", body: text, headers });
  return { status: response.status, text: await response.text() };
}

Deno.test("one event is taken, moves its metrics, and is answered", async () => {
  const { app, registry } = setUp();
  const { status, text } = await post(app, {
    name: PAID,
    measurements: { amount_cents: 990 },
    metadata: { customer_id: "acme", plan: "pro" },
  });
  assertEquals([status, JSON.parse(text)], [
    200,
    { accepted: 1, rejected: 0, events: [{ accepted: true }] },
  ]);
  const lines = await shown(registry);
  assertEquals(lines.filter((line) => /invoice_paid.*(total|_sum|_count)/.test(line)), [
    'rsolv_billing_invoice_paid_amount_cents_sum{plan="pro"} 990',
    'rsolv_billing_invoice_paid_amount_cents_count{plan="pro"} 1',
    'rsolv_billing_invoice_paid_total{customer_id="acme",plan="pro"} 1',
  ]);
});

Deno.test("each event of a batch is answered with what is wrong with it, and the others count", async () => {
  const { app, registry } = setUp();
  const wrong: readonly [unknown, string][] = [
    [7, "an event must be an object"],
    [{}, "name must be the name of an event"],
    [
      { name: "billing.invoice_paid" },
      'no plugin has an event "billing.invoice_paid": did you mean rsolv.billing.invoice_paid?',
    ],
    [{ name: PAID, measurements: [] }, "measurements must be an object"],
    [{ name: PAID, metadata: "x" }, "metadata must be an object"],
    [
      { name: PAID, measurements: { amount_cents: "9" } },
      'measurements.amount_cents must be a number from 0 to 9007199254740991: received "9"',
    ],
    [
      { name: PAID, measurements: { count: -1 } },
      "measurements.count must be a number from 0 to 9007199254740991: received -1",
    ],
    [
      { name: "rsolv.mitigation.execution", measurements: { trust_score: 101 } },
      "measurements.trust_score must be a number from 0 to 100: received 101",
    ],
    [
      { name: PAID, metadata: { plan: {} } },
      "metadata.plan must be a string, number or boolean: received {}",
    ],
    [
      { name: "rsolv.billing.credits_consumed" },
      "measurements must have quantity: received none of them",
    ],
  ];
  const right = { name: PAID, metadata: { plan: null } };
  const { status, text } = await post(app, [...wrong.map(([event]) => event), right]);
  assertEquals(status, 200);
  const { accepted, rejected, events } = JSON.parse(text);
  assertEquals([accepted, rejected], [1, wrong.length]);
  assertEquals(
    events.slice(0, -1).map(({ reason }: { reason: string }) => reason),
    wrong.map(([, reason]) => reason),
  );
  const lines = await shown(registry);
  assertEquals(lines.filter((line) => line.startsWith("muster_intake")), [
    'muster_intake_events_total{outcome="accepted"} 1',
    `muster_intake_events_total{outcome="rejected"} ${wrong.length}`,
  ]);
});

Deno.test("a number of JSON that is infinite is none", async () => {
  const { app } = setUp();
  const { text } = await post(app, `{"name":"${PAID}","measurements":{"amount_cents":1e999}}`);
  assertEquals(
    JSON.parse(text).events[0].reason,
    "measurements.amount_cents must be a number from 0 to 9007199254740991: received Infinity",
  );
});

Deno.test("what an event does not know is left out, and named with the nearest key", async () => {
  const { app } = setUp();
  const { text } = await post(app, {
    name: PAID,
    measurements: { amount_cent: 1, ["__proto__"]: 2 },
    metadata: { pln: "pro", ["x".repeat(100)]: 1 },
    metdata: {},
  });
  assertEquals(JSON.parse(text).events, [{
    accepted: true,
    ignored: [
      "metdata (did you mean metadata?)",
      "measurements.amount_cent (did you mean amount_cents?)",
      "measurements.__proto__",
      "metadata.pln (did you mean plan?)",
      `metadata.${"x".repeat(64)}…`,
    ],
  }]);
});

Deno.test("lines of JSON are taken one by one, the wrong ones by themselves", async () => {
  const { app } = setUp();
  const line = JSON.stringify({ name: PAID });
  const headers = { "content-type": "application/x-ndjson; charset=utf-8" };
  const { status, text } = await post(app, `${line}\r\n\n{"name":\n${line}\n`, headers);
  const { accepted, rejected, events } = JSON.parse(text);
  assertEquals([status, accepted, rejected], [200, 2, 1]);
  assertStringIncludes(events[1].reason, "the line must be JSON: ");
});

Deno.test("a request that has nothing right is 422, and one that can't be read says why", async () => {
  const { app } = setUp();
  assertEquals((await post(app, [{ name: "x" }])).status, 422);
  const lines = { "content-type": "application/x-ndjson" };
  const cases: readonly [unknown, Record<string, string>, number, string][] = [
    ["{", {}, 400, "Cannot read the body: it must be JSON: "],
    [[], {}, 400, "it must have at least one event"],
    ["", {}, 400, "it must be JSON"],
    ["\n", lines, 400, "it must have at least one event"],
    [new Array(1_001).fill(0), {}, 400, "at most 1000 events: received 1001"],
    ["1\n".repeat(1_001), lines, 400, "at most 1000 events: received 1001"],
    ["[]", { "content-encoding": "gzip" }, 415, "must not be compressed"],
    ["x".repeat(INTAKE_BYTES_MAX + 1), {}, 413, "at most 1048576 bytes"],
  ];
  for (const [body, headers, status, sentence] of cases) {
    const answer = await post(app, body, headers);
    assertEquals(answer.status, status, sentence);
    assertStringIncludes(answer.text, sentence);
  }
  const response = await app.request(PATH, { method: "POST", body: Uint8Array.of(0xff) });
  assertEquals([response.status, await response.text()], [
    400,
    "Cannot read the body: it must be UTF-8.\n",
  ]);
});

Deno.test("the intake asks for what the ops port asks for, and the guard comes first", async () => {
  const { app } = setUp({ kind: "bearer", token: "t0ken" });
  const event = { name: PAID };
  assertEquals((await post(app, event)).status, 401);
  assertEquals((await post(app, event, { authorization: "Bearer t0ken" })).status, 200);
  const guarded = createApp({
    takeEvents: () => Promise.reject(new Error("the guard did not stand before it")),
    guard: (context) => Promise.resolve(context.text("later", 429)),
  });
  assertEquals((await post(guarded, event)).status, 429);
});

Deno.test("without metrics the intake says that nothing is taken", async () => {
  const clock = new FakeClock();
  const takeEvents = intakeHandler({ intake: null, auth: { kind: "none" }, clock });
  const app = createApp({ takeEvents });
  assertEquals(await post(app, { name: PAID }), {
    status: 404,
    text: "No events are taken: metrics are switched off (ENABLE_PROMETHEUS_METRICS).\n",
  });
});

Deno.test("other methods and other paths are answered with a sentence", async () => {
  const { app } = setUp();
  const get = await app.request(PATH);
  assertEquals([get.status, get.headers.get("allow"), await get.text()], [
    405,
    "POST",
    "Events are taken by POST.\n",
  ]);
  const nowhere = await app.request("/nowhere");
  assertEquals([nowhere.status, await nowhere.text()], [404, "Nothing is at /nowhere.\n"]);
});

Deno.test("what goes wrong in the app is the server's to log, and a body that was read is said to be", async () => {
  const { takeEvents } = setUp();
  const request = new Request("http://localhost/", { method: "POST", body: "{}" });
  await request.text();
  await assertRejects(() => takeEvents(request), TypeError, "must not have been read before");
  const broken = createApp({
    takeEvents,
    guard: () => {
      throw new Error("the guard broke");
    },
  });
  await assertRejects(() => post(broken, {}), Error, "the guard broke");
});

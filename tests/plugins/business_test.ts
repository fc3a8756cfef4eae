import { assertEquals } from "@std/assert";
import { silentLog } from "../../src/io/log.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { PATTERNS } from "../../src/plugins/patterns.ts";
import { Plugins } from "../../src/plugins/plugins.ts";
import { VALIDATION_CACHE } from "../../src/plugins/validation_cache.ts";
import { WEB } from "../../src/plugins/web.ts";
import { createBus } from "../../src/telemetry/bus.ts";
import { FakeClock } from "../fake_clock.ts";
import { shown } from "../metrics/shown.ts";

type Event = readonly [string, Readonly<Record<string, number>>, Readonly<Record<string, unknown>>];

/** What shows after the events, of the platform alone. */
async function after(...events: readonly Event[]): Promise<string[]> {
  const bus = createBus(silentLog);
  const registry = new Registry();
  const clock = new FakeClock();
  const plugins = new Plugins({ bus, registry, clock, log: silentLog, hash: (text) => text });
  for (const plugin of [WEB, PATTERNS, VALIDATION_CACHE]) plugins.add(plugin, { prefix: "p" });
  for (const [name, measurements, metadata] of events) {
    bus.emit(`p.${name}`, measurements, metadata);
  }
  assertEquals(bus.handlerFailures, 0);
  return (await shown(registry)).filter((line) => /^p_.* (?!0$|NaN$)/.test(line));
}

Deno.test("signups count by source and domain, and milestones tell how many there were", async () => {
  assertEquals(
    await after(
      ["signup.created", {}, { source: "blog", domain: "acme.com" }],
      ["signup.created", {}, { source: "blog", domain: "acme.com" }],
      ["signup.milestone", { signups: 1_003 }, { milestone: "1000" }],
    ),
    [
      'p_signups_milestone{milestone="1000"} 1003',
      'p_signups_total{source="blog",domain="acme.com"} 2',
    ],
  );
});

Deno.test("domains beyond the hundred busiest are one series", async () => {
  const events = Array.from({ length: 150 }, (_, i): Event => {
    return ["signup.created", {}, { source: "blog", domain: `d${i}.com` }];
  });
  const lines = await after(...events);
  assertEquals(lines.length, 101);
  assertEquals(lines.filter((line) => line.includes("_other")), [
    'p_signups_total{source="blog",domain="_other"} 50',
  ]);
});

Deno.test("the rate from step to step of a funnel is one counter over another", async () => {
  const step = (name: string, from?: string): Event => {
    return ["funnel.step", {}, { funnel: "trial", step: name, from }];
  };
  assertEquals(
    await after(step("visit"), step("visit"), step("signup", "visit"), step("signup")),
    [
      'p_funnel_steps_total{funnel="trial",step="visit"} 2',
      'p_funnel_steps_total{funnel="trial",step="signup"} 2',
      'p_funnel_transitions_total{funnel="trial",from="",to="visit"} 2',
      'p_funnel_transitions_total{funnel="trial",from="visit",to="signup"} 1',
      'p_funnel_transitions_total{funnel="trial",from="",to="signup"} 1',
    ],
  );
});

Deno.test("feedback, conversions and security patterns are counted", async () => {
  assertEquals(
    await after(
      ["feedback.submitted", {}, { type: "bug" }],
      ["conversion.completed", {}, { type: "trial" }],
      ["security.pattern_detected", {}, { pattern: "sqli", language: "php", severity: "high" }],
      ["security.pattern_rejected", { count: 2 }, { pattern: "sqli", reason: "test_file" }],
    ),
    [
      'p_conversions_total{type="trial"} 1',
      'p_feedback_submissions_total{type="bug"} 1',
      'p_security_patterns_detected_total{pattern="sqli",language="php",severity="high"} 1',
      'p_security_patterns_rejected_total{pattern="sqli",language="",reason="test_file"} 2',
    ],
  );
});

Deno.test("the validation cache's requests, hits, misses, size and rejections are measured", async () => {
  const request = (duration_ms: number): Event => {
    return ["validation.request", { duration_ms }, { status: "success" }];
  };
  const lines = await after(
    ...Array.from({ length: 100 }, (_, i) => request(i + 1)),
    ["validation.request", {}, { status: "error" }],
    ["validation.false_positive", {}, { language: "js" }],
    ["validation.cache_hit", { count: 3 }, {}],
    ["validation.cache_miss", {}, {}],
    ["validation.cache_invalidated", { count: 9 }, { reason: "ttl" }],
    ["validation.cache_state", { entries: 40, bytes: 4_096 }, {}],
    ["validation.rejection", {}, { pattern: "xss", reason: "unreachable" }],
  );
  const isQuantile = (line: string) => line.includes("quantile=");
  assertEquals(lines.filter((line) => !isQuantile(line)), [
    "p_validation_cache_bytes 4096",
    "p_validation_cache_entries 40",
    "p_validation_cache_hits_total 3",
    'p_validation_cache_invalidations_total{reason="ttl"} 9',
    "p_validation_cache_misses_total 1",
    'p_validation_false_positives_total{language="js"} 1',
    'p_validation_rejections_total{pattern="xss",reason="unreachable"} 1',
    "p_validation_request_duration_milliseconds_sum 5050",
    "p_validation_request_duration_milliseconds_count 100",
    'p_validation_requests_total{status="success"} 100',
    'p_validation_requests_total{status="error"} 1',
  ]);
  const quantiles = lines.filter(isQuantile).map((line) => Number(line.split(" ")[1]));
  const errors = quantiles.map((value, i) => Math.abs(value / [50, 95, 99][i]! - 1));
  assertEquals([errors.length, errors.every((error) => error <= 0.011)], [3, true]);
});

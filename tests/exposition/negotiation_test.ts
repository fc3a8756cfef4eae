import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { contentTypeOf, TEXT_CONTENT_TYPE } from "../../src/exposition/content_type.ts";
import { negotiateFormat } from "../../src/exposition/negotiation.ts";

const TEXT = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
const text1 = (escaping: string) =>
  `text/plain; version=1.0.0; charset=utf-8; escaping=${escaping}`;
const openMetrics = (escaping: string) =>
  `application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=${escaping}`;
const protobuf = (escaping: string) =>
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; " +
  `encoding=delimited; escaping=${escaping}`;

const PROTO =
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
const OM1 = "application/openmetrics-text;version=1.0.0";
const OM0 = "application/openmetrics-text;version=0.0.1";
const TEXT0 = "text/plain;version=0.0.4";
const TEXT1 = "text/plain;version=1.0.0";
const UTF8 = "escaping=allow-utf-8";

function check(cases: readonly (readonly [name: string, accept: string, reply: string])[]): void {
  for (const [name, accept, reply] of cases) {
    assertEquals(contentTypeOf(negotiateFormat(accept)), reply, name);
  }
}

Deno.test("negotiateFormat gives every Prometheus from 2.42 to 3.14 the format it wants most", () => {
  const modern = (escaping: string) =>
    `${OM1};escaping=${escaping};q=0.6,${OM0};q=0.5,` +
    `${TEXT1};escaping=${escaping};q=0.4,${TEXT0};q=0.3,*/*;q=0.2`;
  check([
    ["2.42 to 2.48", `${OM1},${OM0};q=0.75,${TEXT0};q=0.5,*/*;q=0.1`, openMetrics("underscores")],
    [
      "2.42 with native histograms",
      `${PROTO},${OM1};q=0.8,${OM0};q=0.75,${TEXT0};q=0.5,*/*;q=0.1`,
      protobuf("underscores"),
    ],
    [
      "2.49.0, whose wildcard has a weight of 2",
      `${OM1};q=0.5,${OM0};q=0.4,${TEXT0};q=0.3,*/*;q=2`,
      openMetrics("underscores"),
    ],
    [
      "2.49.1 to 2.55",
      `${OM1};q=0.5,${OM0};q=0.4,${TEXT0};q=0.3,*/*;q=0.2`,
      openMetrics("underscores"),
    ],
    [
      "2.55 with UTF-8 names",
      `${OM1};${UTF8};q=0.5,${OM0};${UTF8};q=0.4,${TEXT0};${UTF8};q=0.3,*/*;q=0.2`,
      openMetrics("allow-utf-8"),
    ],
    [
      "3.0.0 to 3.2.0, with a parameter that comes twice",
      `${OM1};${UTF8};q=0.6,${OM0};${UTF8};q=0.5,` +
      `${TEXT1};${UTF8};${UTF8};q=0.4,${TEXT0};${UTF8};q=0.3,*/*;q=0.2`,
      openMetrics("allow-utf-8"),
    ],
    [
      "3.2.1 to 3.3.1",
      `${OM1};${UTF8};q=0.6,${OM0};${UTF8};q=0.5,` +
      `${TEXT1};${UTF8};q=0.4,${TEXT0};${UTF8};q=0.3,*/*;q=0.2`,
      openMetrics("allow-utf-8"),
    ],
    ["3.4 to 3.14", modern("allow-utf-8"), openMetrics("allow-utf-8")],
    ["3.4 with legacy names", modern("underscores"), openMetrics("underscores")],
    ["3.4 with the scheme dots", modern("dots"), openMetrics("dots")],
    ["3.4 with the scheme values", modern("values"), openMetrics("values")],
    [
      "3.x with native histograms",
      `${PROTO};q=0.6,${OM1};${UTF8};q=0.5,${OM0};q=0.4,` +
      `${TEXT1};${UTF8};q=0.3,${TEXT0};q=0.2,*/*;q=0.1`,
      protobuf("underscores"),
    ],
  ]);
});

Deno.test("negotiateFormat gives text 0.0.4 to whoever names nothing it has", () => {
  check([
    ["no header", "", TEXT],
    ["a wildcard", "*/*", TEXT],
    ["text of any kind", "text/*;q=0.5, */*;q=0.1", TEXT],
    ["curl", "*/*", TEXT],
    ["a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", TEXT],
    ["another protobuf", "application/vnd.google.protobuf;proto=other;encoding=delimited", TEXT],
    ["protobuf as text", `${PROTO.replace("delimited", "text")};q=1`, TEXT],
    ["OpenMetrics 2", "application/openmetrics-text;version=2.0.0", TEXT],
    ["text 2", "text/plain;version=2.0.0", TEXT],
    ["nothing at all", "*/*;q=0, text/plain;q=0", TEXT],
    ["only JSON", "application/json", TEXT],
    ["nonsense", ";;,=,q=;/", TEXT],
  ]);
  assertEquals(contentTypeOf(negotiateFormat(null)), TEXT_CONTENT_TYPE);
  assertEquals(TEXT_CONTENT_TYPE, TEXT);
});

Deno.test("negotiateFormat takes a missing version as the oldest, and knows each format alone", () => {
  check([
    ["text without a version", "text/plain", TEXT],
    ["text 0.0.4", TEXT0, TEXT],
    ["text 0.0.4 with dots", `${TEXT0};escaping=dots`, TEXT.replace("underscores", "dots")],
    ["text 0.0.4, which has no quotes", `${TEXT0};${UTF8}`, TEXT],
    ["text 1.0.0", `${TEXT1};${UTF8}`, text1("allow-utf-8")],
    ["text 1.0.0 without a scheme", TEXT1, text1("underscores")],
    ["OpenMetrics without a version", "application/openmetrics-text", openMetrics("underscores")],
    ["OpenMetrics 0.0.1", `${OM0};${UTF8}`, openMetrics("allow-utf-8")],
    ["an unknown scheme", `${OM1};escaping=rot13`, openMetrics("underscores")],
    ["protobuf", `${PROTO};escaping=values`, protobuf("values")],
    ["a format that is refused", `${OM1};q=0,${TEXT0};q=0.1`, TEXT],
    ["other spelling", "APPLICATION/OpenMetrics-Text ; VERSION=1.0.0", openMetrics("underscores")],
    ["quoted parameters", 'text/plain; version="1.0.0"; charset=utf-8', text1("underscores")],
  ]);
});

Deno.test("negotiateFormat has a reply to any header", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (accept) => {
    contentTypeOf(negotiateFormat(accept));
  }));
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  ExpositionParser,
  parseExposition,
} from "../../../src/exposition/parser/exposition_parser.ts";
import { ExpositionSyntaxError } from "../../../src/exposition/parser/exposition_syntax_error.ts";
import type { ParsedFormat } from "../../../src/exposition/parser/parsed_family.ts";
import { hostileRegistry } from "../hostile_registry.ts";
import { rendered } from "../rendered.ts";
import { parseText } from "../strict_text_parser.ts";
import { outline, parsed } from "./parsed.ts";

const TEXT_READS: readonly [what: string, text: string, outline: readonly string[]][] = [
  ["nothing", "", []],
  ["a bare sample", "a 1\n", ["untyped a", "  value{} 1"]],
  ["a described family", "# HELP a_total All \\\\ \\n.\n# TYPE a_total counter\na_total 2\n", [
    "counter a_total All \\ \n.",
    "  value{} 2",
  ]],
  ["a family without samples", "# TYPE g gauge\n", ["gauge g"]],
  ["an empty help", "# HELP g\n# HELP h \ng 1\n", ["untyped g", "  value{} 1", "untyped h"]],
  ["comments and blank lines", "\n# a comment\n#\n# EOF\n  \na 1\n#a 2\n", [
    "untyped a",
    "  value{} 1",
  ]],
  ["blanks in every place", ' # TYPE  a\tgauge \n\ta { b = "c" , d="e", }  1 \t 5 \n', [
    "gauge a",
    '  value{b="c",d="e"} 1',
  ]],
  ["escapes", 'a{b="\\\\ \\" \\n",c=",}=#"} 1\n', [
    "untyped a",
    '  value{b="\\\\ \\" \\n",c=",}=#"} 1',
  ]],
  ["values without a blank behind the labels", 'a{b="c"}1\na{}2 5\n', [
    "untyped a",
    '  value{b="c"} 1',
    "  value{} 2",
  ]],
  ["timestamps, which are dropped", "a 1 1395066363000\nb 2 -1\n", [
    "untyped a",
    "  value{} 1",
    "untyped b",
    "  value{} 2",
  ]],
  [
    "numbers of every spelling",
    "a NaN\nb Nan\nc +Inf\nd -Inf\ne Infinity\nf 1e-7\ng -1.50E+3\nh .5\ni 5.\nj 12345678901234567890\nk -0\nl +1\n",
    ["NaN", "NaN", "Infinity", "-Infinity", "Infinity", "1e-7", "-1500", "0.5", "5"]
      .concat("12345678901234567000", "-0", "1")
      .flatMap((value, i) => [`untyped ${"abcdefghijkl"[i]}`, `  value{} ${value}`]),
  ],
  [
    "a histogram with le first, as prom-client writes it, last, and in between",
    '# TYPE h histogram\nh_bucket{le="1",a="x"} 1\nh_bucket{le="+Inf",a="x"} 2\nh_sum{a="x"} 3\n' +
    'h_count{a="x"} 2\nh_bucket{a="y",le="0.5"} 0\nh_bucket{a="z",le="1",b="c"} 0\n' +
    'h_bucket{a="z",le="2",b="c"} 0\n',
    [
      "histogram h",
      '  bucket@1{a="x"} 1',
      '  bucket@Infinity{a="x"} 2',
      '  sum{a="x"} 3',
      '  count{a="x"} 2',
      '  bucket@0.5{a="y"} 0',
      '  bucket@1{a="z",b="c"} 0',
      '  bucket@2{a="z",b="c"} 0',
    ],
  ],
  [
    "a summary",
    '# TYPE s summary\ns{quantile="0.5"} 1\ns{quantile="1"} NaN\ns_sum 2\ns_count 3\n',
    [
      "summary s",
      "  quantile@0.5{} 1",
      "  quantile@1{} NaN",
      "  sum{} 2",
      "  count{} 3",
    ],
  ],
  ["families in turns", '# TYPE a gauge\n# TYPE b gauge\na 1\nb 2\na{c="d"} 3\n', [
    "gauge a",
    "  value{} 1",
    '  value{c="d"} 3',
    "gauge b",
    "  value{} 2",
  ]],
  ["names in UTF-8", '# TYPE "a.b" gauge\n{"a.b","c d"="e",f="g"} 1\n{ "x" } 2\n{"y"} 3\n', [
    "gauge a.b",
    '  value{c d="e",f="g"} 1',
    "untyped x",
    "  value{} 2",
    "untyped y",
    "  value{} 3",
  ]],
];

for (const [what, text, expected] of TEXT_READS) {
  Deno.test(`parseExposition reads ${what}`, () => assertEquals(outline(parsed(text)), expected));
}

Deno.test("parseExposition reads a backslash before any character as such in OpenMetrics", () => {
  const text = "# HELP a C:\\dir \\\\ \\n\n" + 'a{path="C:\\dir\\\\x",e="\\😀"} 1\n# EOF\n';
  assertEquals(outline(parsed(text, "openmetrics")), [
    "untyped a C:\\dir \\ \n",
    `  value{path=${JSON.stringify("C:\\dir\\x")},e=${JSON.stringify("\\😀")}} 1`,
  ]);
});

Deno.test("parseExposition reads every type, unit and exemplar of OpenMetrics", () => {
  const families = parsed(
    [
      "# TYPE a_seconds counter",
      "# UNIT a_seconds seconds",
      '# HELP a_seconds Said \\"so\\".',
      'a_seconds_total 1.5 1.25 # {trace_id="t"} 0.5 1520879607.789',
      "a_seconds_created 1520872607.123",
      "# TYPE h histogram",
      'h_bucket{le="1.0"} 1 # {} 0.7',
      'h_bucket{le="+Inf"} 1',
      "h_sum 0.7",
      "h_count 1",
      "# TYPE gh gaugehistogram",
      'gh_bucket{le="+Inf"} 1',
      "gh_gsum 1",
      "gh_gcount 1",
      "# TYPE i info",
      'i_info{version="1"} 1',
      "# TYPE st stateset",
      'st{st="on"} 1',
      "# TYPE s summary",
      's{quantile="0.99"} 1',
      "s_created 1",
      "# TYPE u unknown",
      "u 1",
      "bare 2",
      "# EOF",
      "",
    ].join("\n"),
    "openmetrics",
  );
  assertEquals(outline(families), [
    'counter a_seconds seconds Said "so".',
    "  value{} 1.5",
    "  created{} 1520872607.123",
    "histogram h",
    "  bucket@1{} 1",
    "  bucket@Infinity{} 1",
    "  sum{} 0.7",
    "  count{} 1",
    "gaugehistogram gh",
    "  bucket@Infinity{} 1",
    "  sum{} 1",
    "  count{} 1",
    "info i",
    '  value{version="1"} 1',
    "stateset st",
    '  value{st="on"} 1',
    "summary s",
    "  quantile@0.99{} 1",
    "  created{} 1",
    "untyped u",
    "  value{} 1",
    "untyped bare",
    "  value{} 2",
  ]);
  assertEquals(
    families.flatMap(({ samples }) => samples.map(({ exemplar }) => exemplar)).filter(Boolean),
    [
      {
        labelNames: ["trace_id"],
        labelValues: ["t"],
        value: 0.5,
        timestampSeconds: 1520879607.789,
      },
      { labelNames: [], labelValues: [], value: 0.7, timestampSeconds: null },
    ],
  );
});

type Refusal = readonly [format: ParsedFormat, text: string, place: string, reason: string];

const REFUSALS: readonly Refusal[] = [
  ["text", "a 1", "1:1", "the last line must end with a newline"],
  ["text", "a\n", "1:2", "a space must stand before the value"],
  ["text", "a \n", "1:3", "a value must be a number"],
  ["text", "a 0x1\n", "1:3", "a value must be a number"],
  ["text", "a 1_0\n", "1:3", "a value must be a number"],
  ["text", "a 1e\n", "1:3", "a value must be a number"],
  ["text", "a .\n", "1:3", "a value must be a number"],
  ["text", "a 1\r\n", "1:3", "a value must be a number"],
  ["text", "a 1 2.5\n", "1:5", "a timestamp must be a whole number"],
  ["text", "a 1 2 3\n", "1:6", "the line must end here"],
  ["text", "a 1 # {} 1\n", "1:5", "a timestamp must be a number"],
  ["text", "1a 1\n", "1:1", "a line must be a comment or begin with a metric name"],
  ["text", "é 1\n", "1:1", "a line must be a comment or begin with a metric name"],
  ["text", "\uFEFFa 1\n", "1:1", "a line must be a comment or begin with a metric name"],
  ["text", "ok 1\na{b} 1\n", "2:4", "= must follow a label name"],
  ["text", 'a{1=""} 1\n', "1:3", "a label name or } must stand here"],
  ["text", "a{,} 1\n", "1:3", "a label name or } must stand here"],
  ["text", "a{b=c} 1\n", "1:5", 'the value of label "b" must begin with a quote'],
  ["text", 'a{b="c 1\n', "1:5", 'the value of label "b" must end with a quote'],
  ["text", 'a{b="\\t"} 1\n', "1:6", "a backslash must be followed by"],
  ["text", 'a{b="c" 1\n', "1:9", '"," or "}" must follow a label'],
  ["text", 'a{b="c"\n', "1:8", '"," or "}" must follow a label'],
  ["text", 'a{b="1",b="2"} 1\n', "1:2", '"b" is there twice'],
  ["text", 'a{__name__="b"} 1\n', "1:3", 'a label must not be named "__name__"'],
  ["text", '{a="b"} 1\n', "1:1", "a metric name must be there"],
  ["text", "{} 1\n", "1:1", "a metric name must be there"],
  ["text", 'a{"b"} 1\n', "1:6", "= must follow a label name"],
  ["text", '# TYPE a gauge\na{b="c"} 1\na{b="c"} 1\n', "3:1", "the series must be there once"],
  ["text", 'a{b="1",c="2"} 1\na{ c="2", b="1" } 1\n', "2:1", "the series must be there once"],
  ["text", "a 1\na{} 1\n", "2:1", "the series must be there once"],
  ["text", "# TYPE a what\n", "1:10", "the type must be one that the format has"],
  ["text", "# TYPE a info\n", "1:10", "the type must be one that the format has"],
  ["text", "# TYPE a\n", "1:9", "the type must be one that the format has"],
  ["text", "# TYPE 1 gauge\n", "1:8", "a metric name must follow TYPE"],
  ["text", "# TYPE a gauge\n# TYPE a gauge\n", "2:8", '"a" must have one TYPE line'],
  ["text", "a 1\n# TYPE a gauge\n", "2:8", "must come before its samples"],
  ["text", "# HELP a x\n# HELP a x\n", "2:8", '"a" must have one HELP line'],
  ["text", "# HELP a \\t\n", "1:10", "in HELP a backslash must be followed by"],
  [
    "text",
    "# TYPE h histogram\nh 1\n",
    "2:1",
    "a histogram has no sample of its family's own name",
  ],
  ["text", "# TYPE h histogram\nh_bucket 1\n", "2:1", 'a bucket must have a label "le"'],
  ["text", '# TYPE h histogram\nh_bucket{le="x"} 1\n', "2:1", 'the label "le" must be a number'],
  ["text", '# TYPE h histogram\nh_bucket{le="NaN"} 1\n', "2:1", 'the label "le" must be a number'],
  ["text", '# TYPE s summary\ns{quantile="1.1"} 1\n', "2:1", "must be a number from 0 to 1"],
  [
    "text",
    '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="1.0"} 1\n',
    "3:1",
    'the buckets of a series must ascend by "le", each there once',
  ],
  [
    "text",
    '# TYPE h histogram\nh_bucket{a="1",le="1"} 1\nh_bucket{a="2",le="1"} 1\nh_bucket{le="1",a="1"} 1\n',
    "4:1",
    "the buckets of a series must ascend",
  ],
  ["text", "# TYPE h histogram\n# TYPE h_count counter\n", "2:8", 'must not have a sample of "h"'],
  ["text", "# TYPE h_sum gauge\n# TYPE h summary\n", "2:8", 'must not have a sample of "h_sum"'],
  ["openmetrics", "", "1:1", 'the last line must be "# EOF"'],
  ["openmetrics", "a 1\n", "2:1", 'the last line must be "# EOF"'],
  ["openmetrics", "# EOF\na 1\n", "2:1", 'nothing must follow "# EOF"'],
  ["openmetrics", "# EOF\n\n", "2:1", 'nothing must follow "# EOF"'],
  ["openmetrics", "# EOF", "1:1", "the last line must end with a newline"],
  ["openmetrics", "\n# EOF\n", "1:1", "a line must not be empty"],
  ["openmetrics", "# a comment\n# EOF\n", "1:1", "a comment must be HELP, TYPE, UNIT or EOF"],
  ["openmetrics", "#TYPE a gauge\n# EOF\n", "1:2", "a space must stand before HELP"],
  ["openmetrics", "a  1\n# EOF\n", "1:3", "a value must be a number"],
  ["openmetrics", 'a{b="c",} 1\n# EOF\n', "1:9", "a label must follow the comma"],
  ["openmetrics", 'a{ b="c"} 1\n# EOF\n', "1:3", "a label name or } must stand here"],
  ["openmetrics", 'a{b="c"}1\n# EOF\n', "1:9", "a space must stand before the value"],
  ["openmetrics", 'a{b="c\\', "1:1", "the last line must end with a newline"],
  ["openmetrics", 'a{b="c\\\n# EOF\n', "1:7", "a backslash must be followed by"],
  ["openmetrics", "# HELP a c\\\n# EOF\n", "1:11", "in HELP a backslash must be followed by"],
  ["openmetrics", 'a{b="\\x"} 1\na{b="\\\\x"} 2\n# EOF\n', "2:1", "the series must be there once"],
  ["openmetrics", "a 1 \n# EOF\n", "1:5", "a timestamp must be a number"],
  ["openmetrics", "a 1 NaN\n# EOF\n", "1:5", "a timestamp must be finite"],
  ["openmetrics", "# TYPE a counter\na 1\n# EOF\n", "2:1", "a counter has no sample"],
  ["openmetrics", "# TYPE a untyped\n# EOF\n", "1:10", "the type must be one"],
  ["openmetrics", "# UNIT a seconds\n# EOF\n", "1:8", 'must end with its unit, "_seconds"'],
  ["openmetrics", 'a 1\nb 2\na{c="d"} 3\n# EOF\n', "3:1", 'the lines of "a" must be in one group'],
  ["openmetrics", "# TYPE a gauge\na 1 # {} 1\n# EOF\n", "2:5", "only a counter or a bucket"],
  [
    "openmetrics",
    "# TYPE a counter\na_total 1 # x 1\n# EOF\n",
    "2:13",
    "an exemplar must have labels",
  ],
  [
    "openmetrics",
    `# TYPE a counter\na_total 1 # {a="${"x".repeat(128)}"} 1\n# EOF\n`,
    "2:13",
    "must have at most 128 characters",
  ],
];

Deno.test("parseExposition says where and what is wrong", () => {
  for (const [format, text, place, reason] of REFUSALS) {
    const error = assertThrows(() => parsed(text, format), ExpositionSyntaxError, reason, text);
    assertEquals(
      `${error.line}:${error.column}`,
      place,
      `${JSON.stringify(text)}: ${error.message}`,
    );
  }
});

Deno.test("parseExposition names the line that is not UTF-8, wherever pieces end", () => {
  for (
    const [bytes, line] of [
      [[0x61, 0x20, 0x31, 10, 0xff, 10], 2],
      [[0x61, 0x20, 0x31, 10, 0xc3], 2],
    ] as const
  ) {
    const error = assertThrows(
      () => parseExposition(Uint8Array.from(bytes), "text"),
      ExpositionSyntaxError,
      "UTF-8",
    );
    assertEquals(error.line, line);
  }
});

Deno.test("ExpositionParser holds each of its limits, and says which", () => {
  const bytes = new TextEncoder().encode('a{b="c",d="e"} 1\nf 2\n');
  const full = {
    bytesMax: bytes.length,
    lineLengthMax: 16,
    samplesMax: 2,
    familiesMax: 2,
    labelsMax: 2,
  };
  parseExposition(bytes, "text", full);
  for (const limit of Object.keys(full) as (keyof typeof full)[]) {
    const error = assertThrows(
      () => parseExposition(bytes, "text", { ...full, [limit]: full[limit] - 1 }),
      ExpositionSyntaxError,
    );
    assert(/at most \d+/.test(error.reason), error.message);
  }
});

Deno.test("ExpositionParser refuses a line without end before it has all of it", () => {
  const parser = new ExpositionParser("text", { lineLengthMax: 100 });
  const piece = new TextEncoder().encode("a".repeat(80));
  parser.push(piece);
  assertThrows(() => parser.push(piece), ExpositionSyntaxError, "at most 100 characters");
});

Deno.test("ExpositionParser reads the same, however the bytes are cut", () => {
  const bytes = new TextEncoder().encode(rendered(hostileRegistry().shard));
  const whole = parseExposition(bytes, "text");
  fc.assert(
    fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 20 }), (cuts) => {
      const parser = new ExpositionParser("text");
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      for (let i = 1; i < places.length; i++) {
        parser.push(bytes.subarray(places[i - 1], places[i]));
      }
      assertEquals(parser.finish(), whole);
    }),
    { numRuns: 20 },
  );
});

Deno.test("parseExposition reads what TextRenderer writes, as the strict parser of the tests does", () => {
  const text = rendered(hostileRegistry().shard);
  const expected = parseText(text);
  const actual = parsed(text);
  assertEquals(
    actual.map(({ name, type, help, samples }) => [name, type, help, samples.length]),
    expected.map(({ name, type, help, samples }) => [name, type, help, samples.length]),
  );
  actual.forEach(({ samples }, i) =>
    samples.forEach(({ labelNames, labelValues, value }, j) => {
      const labels = new Map(expected[i]!.samples[j]!.labels);
      labels.delete("le");
      assertEquals(new Map(labelNames.map((name, k) => [name, labelValues[k]!])), labels);
      assertEquals(value, expected[i]!.samples[j]!.value);
    })
  );
});

const FRAGMENTS = [
  "a",
  "b_total",
  "h",
  "h_bucket",
  "h_sum",
  "# TYPE ",
  "# HELP ",
  "# UNIT ",
  "# EOF",
  " histogram",
  " counter",
  " gauge",
  "{",
  "}",
  'le="1"',
  'le="+Inf"',
  'x="y"',
  ",",
  '"',
  "\\",
  "=",
  " 1",
  " NaN",
  " ",
  "\n",
  "\r",
  "#",
  " # {} 1",
  "é",
  "\0",
];

Deno.test("parseExposition throws nothing but its own error, on any bytes and either format", () => {
  const textual = fc.array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ maxLength: 3 })), {
    maxLength: 60,
  }).map((parts) => new TextEncoder().encode(parts.join("")));
  const bytes = fc.oneof(textual, fc.uint8Array({ maxLength: 200 }));
  let read = 0;
  fc.assert(
    fc.property(bytes, fc.constantFrom<ParsedFormat>("text", "openmetrics"), (input, format) => {
      try {
        parseExposition(input, format);
        read++;
      } catch (error) {
        assert(error instanceof ExpositionSyntaxError, String(error));
        assert(error.line >= 1 && error.column >= 1, error.message);
      }
    }),
    { numRuns: 3000 },
  );
  assert(read > 0);
});

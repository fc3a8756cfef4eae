import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { PAGE_CELLS } from "../../../src/metrics/cells.ts";
import { GAUGE_MERGES } from "../../../src/metrics/family.ts";
import { ByteWriter } from "../../../src/cluster/wire/byte_writer.ts";
import { CHECKSUM_BYTES } from "../../../src/cluster/wire/checksum.ts";
import { CellRuns } from "../../../src/cluster/wire/cell_runs.ts";
import {
  type LayoutAddition,
  LayoutAdditions,
} from "../../../src/cluster/wire/layout_additions.ts";
import type { Message, ShardDelta, Want } from "../../../src/cluster/wire/message.ts";
import { decodeMessage, encodeMessage } from "../../../src/cluster/wire/message_codec.ts";
import { writeExemplars } from "../../../src/cluster/wire/exemplar_codec.ts";
import { EXAMPLES, HELLO, plain } from "./examples.ts";

/** Where the version is: after "MSTR". */
const VERSION_AT = 4;
const NEWEST = EXAMPLES["1_newer_answer"]!;

function decoded(bytes: Uint8Array): Message {
  const outcome = decodeMessage(bytes);
  assert(outcome.kind === "message", JSON.stringify(outcome));
  return outcome.message;
}

function reasonOf(bytes: Uint8Array): string {
  const outcome = decodeMessage(bytes);
  assert(outcome.kind === "malformed", outcome.kind);
  return outcome.reason;
}

/** A message of a hello and one more section, whose body `write` writes. */
function withSection(type: number, write: (body: ByteWriter) => void): Uint8Array {
  const to = new ByteWriter();
  const bytes = encodeMessage({
    ...NEWEST,
    digest: null,
    shards: [],
    departed: null,
    folded: null,
    base: null,
    more: [],
  });
  to.bytes(bytes.subarray(0, bytes.length - CHECKSUM_BYTES));
  to.section(type, write);
  to.checksum();
  return to.finish();
}

for (const [name, message] of Object.entries(EXAMPLES)) {
  const golden = Uint8Array.fromHex(
    Deno.readTextFileSync(new URL(`../../golden/wire/${name}.hex`, import.meta.url))
      .replaceAll("\n", ""),
  );

  Deno.test(`decodeMessage reads the golden bytes of ${name}`, () => {
    assertEquals(plain(decoded(golden)), plain(message));
  });

  Deno.test(`encodeMessage writes the golden bytes of ${name}`, () => {
    assertEquals(encodeMessage(message).toHex(), golden.toHex());
  });

  Deno.test(`decodeMessage takes every truncation of ${name} for malformed`, () => {
    for (let length = 0; length < golden.length; length++) {
      assertStringIncludes(reasonOf(golden.subarray(0, length)), " at byte ");
    }
  });

  Deno.test(`decodeMessage takes ${name} with any one bit flipped for malformed or newer`, () => {
    for (let bit = 0; bit < golden.length * 8; bit++) {
      const flipped = golden.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const { kind } = decodeMessage(flipped);
      assertEquals(kind, bit >> 3 === VERSION_AT ? "version" : "malformed");
    }
  });

  Deno.test(`decodeMessage never throws, whatever is in ${name} under a right checksum`, () => {
    for (let at = VERSION_AT + 1; at < golden.length - CHECKSUM_BYTES; at++) {
      for (const byte of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
        const to = new ByteWriter();
        to.bytes(golden.subarray(0, golden.length - CHECKSUM_BYTES).with(at, byte));
        to.checksum();
        decodeMessage(to.finish());
      }
    }
  });
}

const seq = fc.nat(2 ** 32 - 1);
const id = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => bytes.toHex());
const text = fc.string({ unit: "binary", maxLength: 12 }).map((value) => value.toWellFormed());
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.nat(2 ** 31 - 1),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 2 ** 50 - 1, 2 ** 50, 2 ** 50 + 1, 2 ** 53, -1, 0.1),
);
const identity = fc.record({
  node: text.map((name) => `n${name}`),
  incarnation: id,
  startedAtMs: fc.nat(Number.MAX_SAFE_INTEGER),
  version: text,
  address: text,
});
const mark = fc.option(fc.record({ seq, cell: fc.nat(2 ** 26) }));
const wantedShard = fc.record({ incarnation: id, sinceSeq: seq, revision: fc.nat(), resume: mark });
const addition: fc.Arbitrary<LayoutAddition> = fc.oneof(
  fc.record({
    kind: fc.constant("family" as const),
    family: fc.record({
      name: text,
      help: text,
      type: fc.constantFrom("counter" as const, "gauge" as const, "histogram" as const),
      unit: text,
      merge: fc.constantFrom("add" as const, ...GAUGE_MERGES),
      labelNames: fc.array(text, { maxLength: 4 }),
      bounds: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 5 }),
    }),
  }),
  fc.record({
    kind: fc.constant("series" as const),
    family: fc.nat(2 ** 31),
    labelValues: fc.array(text, { maxLength: 4 }),
    firstCell: fc.nat(2 ** 31),
  }),
  fc.record({
    kind: fc.constantFrom("sum_is_state" as const, "hide" as const, "show" as const),
    series: fc.nat(2 ** 31),
  }),
  fc.record({ kind: fc.constant("created" as const), atMs: fc.nat(2 ** 31) }),
  fc.record({ kind: fc.constant("void" as const), rows: fc.nat(2 ** 31) }),
);
const cells = fc.dictionary(fc.nat(3 * PAGE_CELLS).map(String), value).map((values) => {
  const runs = new CellRuns();
  for (const [cell, held] of Object.entries(values)) runs.push(Number(cell), held);
  return runs;
});
const shard: fc.Arbitrary<ShardDelta> = fc.record({
  identity,
  departure: fc.constantFrom(null, "left" as const, "replaced" as const, "lost" as const),
  seq,
  sinceSeq: seq,
  ageMs: fc.nat(),
  layoutFrom: fc.nat(),
  additions: fc.array(addition, { maxLength: 6 }).map((rows) => LayoutAdditions.of(rows)),
  cells,
  next: mark,
});
const digestRow = fc.record({
  incarnation: id,
  heardSeq: seq,
  ageMs: fc.nat(),
  heldSeq: seq,
  revision: fc.nat(),
}).map((row) => ({ ...row, heldSeq: Math.min(row.heldSeq, row.heardSeq) }));
const want: fc.Arbitrary<Want> = fc.oneof(
  fc.record({ kind: fc.constantFrom("digest" as const, "newer" as const) }),
  fc.record({ kind: fc.constant("own" as const), have: fc.option(wantedShard) }),
  fc.record({ kind: fc.constant("listed" as const), shards: fc.array(wantedShard) }),
  fc.record({ kind: fc.constant("base" as const), hash: id, offset: seq }),
);
const invalidations = fc.record({
  rows: fc.array(fc.record({
    incarnation: id,
    position: seq,
    ageMs: fc.option(fc.nat()),
    forgottenAgeMs: fc.option(fc.nat()),
    isEnded: fc.boolean(),
  })),
  parts: fc.array(fc.record({
    incarnation: id,
    after: seq,
    entries: fc.array(fc.record({
      kind: fc.constantFrom("key" as const, "tag" as const, "clear" as const),
      cache: text,
      name: text,
    })),
  })),
});
const exemplarMark = { incarnation: id, position: seq };
const labelName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,9}$/);
const finite = fc.double({ noDefaultInfinity: true, noNaN: true });
const exemplars = fc.record({
  has: fc.option(fc.record(exemplarMark)),
  told: fc.option(fc.record({
    ...exemplarMark,
    exemplars: fc.array(fc.record({
      cell: fc.nat(),
      exemplar: fc.record({
        labels: fc.dictionary(labelName, fc.string({ unit: "grapheme-ascii", maxLength: 20 }), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
        value: finite,
        timestampMs: finite,
      }),
    })),
  })),
});
const plainMessage = fc.record({
  hello: fc.tuple(identity, text, fc.boolean(), fc.boolean()).map((
    [who, cluster, complete, leaving],
  ) => ({ ...who, cluster, complete, leaving })),
  digest: fc.option(fc.record({ rows: fc.array(digestRow), departedHash: id, baseHash: id })),
  want: fc.option(want),
  shards: fc.array(shard, { maxLength: 3 }),
  departed: fc.option(fc.array(fc.record({
    incarnation: id,
    seq,
    departure: fc.constantFrom("left" as const, "replaced" as const, "lost" as const),
  }))),
  folded: fc.option(fc.record({
    count: seq,
    rows: fc.array(fc.record({ incarnation: id, seq })),
  })),
  base: fc.option(
    fc.record({ hash: id, bytes: fc.uint8Array(), offset: fc.nat(), rest: fc.nat() }).map(
      ({ rest, ...part }) => ({ ...part, bytesTotal: part.offset + part.bytes.length + rest }),
    ),
  ),
  more: fc.array(wantedShard),
});
const message: fc.Arbitrary<Message> = fc.oneof(
  plainMessage,
  fc.tuple(plainMessage, invalidations).map(([plain, news]) => ({ ...plain, invalidations: news })),
  fc.tuple(plainMessage, exemplars).map(([plain, news]) => ({ ...plain, exemplars: news })),
);

Deno.test("decodeMessage gives back every message that encodeMessage wrote, -0 and subnormals too", () => {
  fc.assert(fc.property(message, (sent) => {
    assertEquals(plain(decoded(encodeMessage(sent))), plain(sent));
  }));
});

Deno.test("decodeMessage never throws for random bytes, nor for random bytes after a magic", () => {
  const magic = Uint8Array.from([0x4d, 0x53, 0x54, 0x52, 1]);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    assertEquals(decodeMessage(bytes).kind === "message", false);
    decodeMessage(Uint8Array.from([...magic, ...bytes]));
  }));
});

Deno.test("decodeMessage never throws for a message with several bytes changed", () => {
  const change = fc.tuple(fc.nat(), fc.nat(255));
  fc.assert(fc.property(message, fc.array(change, { maxLength: 8 }), (sent, changes) => {
    const bytes = encodeMessage(sent);
    for (const [at, byte] of changes) bytes[5 + at % (bytes.length - 5)] = byte;
    decodeMessage(bytes);
  }));
});

Deno.test("decodeMessage skips sections that it does not know", () => {
  const bytes = withSection(99, (body) => body.bytes(new Uint8Array(1_000)));
  assertEquals(decoded(bytes).hello, NEWEST.hello);
});

Deno.test("decodeMessage skips what a later version may add at the end of a section", () => {
  const bytes = withSection(2, (body) => {
    body.id("0000000000000001");
    body.id("0000000000000002");
    body.varint(0);
    body.string("something new");
  });
  assertEquals(decoded(bytes).digest?.departedHash, "0000000000000001");
});

Deno.test("decodeMessage reads no message of another wire version, and says which it is", () => {
  const bytes = encodeMessage(NEWEST);
  bytes[4] = 2;
  assertEquals(decodeMessage(bytes), { kind: "version", received: 2 });
});

Deno.test("decodeMessage refuses a message without hello", () => {
  const to = new ByteWriter();
  to.bytes(Uint8Array.from([0x4d, 0x53, 0x54, 0x52, 1]));
  to.checksum();
  assertEquals(reasonOf(to.finish()), "the hello section is missing at byte 5");
});

Deno.test("decodeMessage refuses a node without a name and strings that are too long", () => {
  const named = (node: string) => encodeMessage({ ...NEWEST, hello: { ...HELLO, node } });
  assertStringIncludes(reasonOf(named("")), "a node's name must not be empty");
  assertStringIncludes(
    reasonOf(named("x".repeat(513))),
    "the length of a node's name must be at most 512: received 513",
  );
  const shard = NEWEST.shards[0]!;
  const additions = LayoutAdditions.of([
    { kind: "series", family: 0, labelValues: ["x".repeat(16_385)], firstCell: 0 },
  ]);
  assertStringIncludes(
    reasonOf(encodeMessage({ ...NEWEST, shards: [{ ...shard, additions }] })),
    "the length of label value must be at most 16384: received 16385",
  );
});

Deno.test("decodeMessage refuses a string's number that no string before it has", () => {
  for (const [number, isKnown] of [[1, true], [2, false]] as const) {
    const bytes = withSection(4, (body) => {
      body.id("fedcba9876543210");
      body.string("n");
      body.varint(0);
      body.string("");
      body.string("");
      for (let i = 0; i < 6; i++) body.varint(0);
      // Two rows that add a series with one label value: a new one, then one by its number.
      body.varint(2);
      for (const value of [1, 0, 0, 1, 0]) body.varint(value);
      body.string("x");
      for (const value of [1, 0, 1, 1, number]) body.varint(value);
      body.varint(0);
    });
    if (isKnown) assertEquals(decoded(bytes).shards.length, 1);
    else {
      assertStringIncludes(
        reasonOf(bytes),
        "the number of label value must be at most 1: received 2",
      );
    }
  }
});

Deno.test("decodeMessage refuses values that are not finite", () => {
  const shard = NEWEST.shards[0]!;
  for (const value of [NaN, Infinity, -Infinity]) {
    const cells = new CellRuns();
    cells.push(0, value);
    const reason = reasonOf(encodeMessage({ ...NEWEST, shards: [{ ...shard, cells }] }));
    assertStringIncludes(reason, `a float64 must be finite: received ${value}`);
  }
});

Deno.test("decodeMessage refuses a copy that is further behind than its seq goes", () => {
  const bytes = withSection(2, (body) => {
    body.id("0000000000000001");
    body.id("0000000000000002");
    body.varint(1);
    body.id("0000000000000003");
    body.varint(5);
    body.varint(6);
    body.varint(0);
    body.varint(0);
  });
  assertStringIncludes(reasonOf(bytes), "how far a copy is behind must be at most 5: received 6");
});

Deno.test("decodeMessage refuses announced counts that the bytes cannot hold, before making room", () => {
  const room = new Uint8Array(4_000_000);
  const announce = (type: number, count: number, before: (body: ByteWriter) => void) =>
    withSection(type, (body) => {
      before(body);
      body.varint(count);
      body.bytes(room);
    });
  const hashes = (body: ByteWriter) => {
    body.id("0000000000000001");
    body.id("0000000000000002");
  };
  assertStringIncludes(reasonOf(announce(2, 3_999_999, hashes)), "the number of digest rows");
  assertStringIncludes(
    reasonOf(announce(3, 3_999_999, (body) => body.varint(3))),
    "the number of wanted shards",
  );
  assertStringIncludes(reasonOf(announce(5, 3_999_999, () => {})), "the number of departed rows");
  assertStringIncludes(reasonOf(announce(6, 3_999_999, () => {})), "the number of wanted shards");
});

Deno.test("decodeMessage refuses an announced run of 2^26 cells without bytes, and keeps none of it", () => {
  const before = Deno.memoryUsage().heapTotal + Deno.memoryUsage().external;
  const bytes = withSection(4, (body) => {
    body.id("fedcba9876543210");
    body.string("n");
    body.varint(0);
    body.string("");
    body.string("");
    for (let i = 0; i < 6; i++) body.varint(0);
    body.varint(0);
    body.varint(1);
    body.varint(1);
    body.varint(2 ** 26 - 2);
  });
  assertStringIncludes(reasonOf(bytes), "67108864 cells are announced and 0 bytes left");
  const after = Deno.memoryUsage().heapTotal + Deno.memoryUsage().external;
  assert(after - before < 50_000_000, `${after - before} bytes`);
});

Deno.test("encodeMessage writes ages that are negative, infinite or fractions as whole milliseconds", () => {
  const rowOf = (ageMs: number) => {
    const row = { incarnation: HELLO.incarnation, heardSeq: 1, heldSeq: 1, ageMs, revision: 0 };
    const digest = { rows: [row], departedHash: "0".repeat(16), baseHash: "0".repeat(16) };
    return decoded(encodeMessage({ ...NEWEST, digest })).digest!.rows[0]!.ageMs;
  };
  assertEquals([rowOf(-5), rowOf(1.6)], [0, 2]);
  assert(rowOf(Infinity) >= 2 ** 40);
});

Deno.test("encodeMessage rounds the age of a log up, so that none looks younger than it is, and that of what is forgotten down", () => {
  const example = EXAMPLES["1_invalidations"]!;
  const row = { ...example.invalidations!.rows[1]!, ageMs: 1_249.001, forgottenAgeMs: 1_249.999 };
  const sent = { ...example, invalidations: { rows: [row], parts: [] } };
  const read = decoded(encodeMessage(sent)).invalidations?.rows[0];
  assertEquals([read?.ageMs, read?.forgottenAgeMs], [1_250, 1_249]);
});

Deno.test("decodeMessage refuses exemplars that no exposition may show, and too many", () => {
  const EXEMPLARS = 17;
  const reasonFor = (labels: Record<string, string>, count = 1) =>
    reasonOf(withSection(EXEMPLARS, (body) => {
      const exemplar = { labels, value: 1, timestampMs: 0 };
      const exemplars = Array(count).fill({ cell: 0, exemplar });
      const told = { incarnation: HELLO.incarnation, position: 1, exemplars };
      writeExemplars(body, { has: null, told });
    }));
  assertStringIncludes(reasonFor({ 'a"} 1': "x" }), "an exemplar's a label name must match");
  assertStringIncludes(reasonFor({ a: "x".repeat(128) }), "at most 128 characters together");
  assertStringIncludes(reasonFor({}, 1_001), "the number of exemplars must be at most 1000");
});

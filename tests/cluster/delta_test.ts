import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Registry } from "../../src/metrics/registry.ts";
import { DeltaMaker, joinPages, PAGE_BYTES_MIN } from "../../src/cluster/delta.ts";
import type { Identity } from "../../src/cluster/identity.ts";
import { Replica } from "../../src/cluster/replica.ts";
import type { PageMark, ShardDelta } from "../../src/cluster/wire/message.ts";
import { encodeMessage } from "../../src/cluster/wire/message_codec.ts";
import { HELLO, pairsOf } from "./wire/examples.ts";

const IDENTITY: Identity = {
  node: "web-0",
  incarnation: "0123456789abcdef",
  startedAtMs: 1,
  version: "0.1.0",
  address: "10.0.0.1:4021",
};

function source(registry: Registry) {
  return { identity: IDENTITY, departure: null, shard: registry.shard, ageMs: 0 };
}

/** What the delta alone takes on the wire. */
function sizeOf(delta: ShardDelta): number {
  const rest = { departed: null, folded: null, base: null, more: [] };
  const empty = { hello: HELLO, digest: null, want: null, shards: [], ...rest };
  return encodeMessage({ ...empty, shards: [delta] }).length - encodeMessage(empty).length;
}

/** All pages of what is newer than `sinceSeq`; `between` is called after each. */
function pagesOf(
  registry: Registry,
  bytesMax: number,
  between: () => void = () => {},
): ShardDelta[] {
  const deltas = new DeltaMaker();
  const pages: ShardDelta[] = [];
  let revision = 0;
  let resume: PageMark | null = null;
  do {
    const { delta } = deltas.make(
      source(registry),
      { sinceSeq: 0, revision, resume },
      bytesMax,
    );
    pages.push(delta);
    revision = delta.layoutFrom + delta.additions.length;
    resume = delta.next;
    between();
  } while (resume !== null);
  return pages;
}

function replicaOf(pages: readonly ShardDelta[]): Replica {
  const replica = new Replica(IDENTITY, 1_000_000);
  const delta = joinPages(pages);
  assert(delta !== undefined);
  const verdict = replica.check(delta);
  assert(verdict.kind === "fits", JSON.stringify(verdict));
  replica.apply(delta, verdict.changes, 0);
  return replica;
}

Deno.test("a series that was made since the last round comes with the next, so that all copies of one seq are alike", () => {
  const registry = new Registry();
  const hits = registry.counter({ name: "hits_total", help: "", labels: ["path"] });
  hits.inc({ path: "/" });
  registry.shard.stamp();
  hits.labels({ path: "/late" });
  const [page] = pagesOf(registry, Infinity);
  const copy = replicaOf([page!]);
  assertEquals([copy.seq, copy.layout.seriesCount], [1, 1]);
  registry.shard.stamp();
  const base = { sinceSeq: copy.seq, revision: copy.revision, resume: null };
  const { delta } = new DeltaMaker().make(source(registry), base, Infinity);
  const verdict = copy.check(delta);
  assert(verdict.kind === "fits");
  copy.apply(delta, verdict.changes, 0);
  assertEquals([copy.seq, copy.layout.seriesCount], [2, 2]);
});

Deno.test("DeltaMaker never makes a page longer than asked, nor than it says, however long the labels", () => {
  const label = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.nat(4_000).map((length) => "ß".repeat(length)),
    fc.nat(4_000).map((length) => "\u3042".repeat(length)),
  );
  const values = fc.array(fc.tuple(label, fc.double({ min: 0, noNaN: true, max: 1e300 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(values, fc.nat(30_000), fc.string(), (labelled, more, help) => {
      const registry = new Registry();
      const counter = registry.counter({ name: "c_total", help, labels: ["l"] });
      for (const [l, value] of labelled) counter.inc({ l }, value);
      const other = registry.counter({ name: "d_total", help, labels: ["i"] });
      for (let i = 0; i < more % 3_000; i++) other.inc({ i }, 0.1);
      registry.shard.stamp();
      const bytesMax = PAGE_BYTES_MIN + more;
      for (const delta of pagesOf(registry, bytesMax)) {
        const { delta: again, bytesMax: stated } = new DeltaMaker().make(source(registry), {
          sinceSeq: 0,
          revision: delta.layoutFrom,
          resume: null,
        }, bytesMax);
        assert(sizeOf(delta) <= bytesMax, `${sizeOf(delta)} > ${bytesMax}`);
        assert(sizeOf(again) <= stated, `${sizeOf(again)} > ${stated}`);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("joinPages puts the pages of a large shard together, rows and cells", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c_total", help: "", labels: ["i"] });
  for (let i = 0; i < 9_000; i++) counter.inc({ i }, i + 0.5);
  registry.shard.stamp();
  const pages = pagesOf(registry, PAGE_BYTES_MIN);
  assert(pages.length > 10);
  assert(pages.some((page) => page.additions.length > 0 && page.next !== null));
  const replica = replicaOf(pages);
  assertEquals(replica.layout.revision, registry.shard.layout.revision);
  for (let series = 0; series < 9_000; series++) {
    const cell = replica.layout.firstCellOf(series);
    assertEquals(replica.pages[cell >> 10]![cell & 1023], series + 0.5);
  }
});

Deno.test("a histogram whose shard came in pages of several moments agrees with itself", () => {
  const registry = new Registry();
  const histogram = registry.histogram({
    name: "h_seconds",
    help: "",
    buckets: [1, 2, 3],
    labels: ["i"],
  });
  const observe = () => {
    for (let i = 0; i < 3_000; i++) histogram.observe({ i }, 1);
    registry.shard.stamp();
  };
  observe();
  const replica = replicaOf(pagesOf(registry, PAGE_BYTES_MIN, observe));
  const { layout, pages } = replica;
  for (let series = 0; series < 3_000; series++) {
    const cell = layout.firstCellOf(series);
    const at = (offset: number) => pages[cell >> 10]![(cell & 1023) + offset]!;
    const count = at(0) + at(1) + at(2) + at(3);
    assertEquals(at(4), count, `the sum of series ${series} beside its count`);
  }
});

Deno.test("pages that are fetched while the shard changes are what it was at their seq, to the last cell", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c_total", help: "", labels: ["i"] });
  const count = () => {
    for (let i = 0; i < 9_000; i++) counter.inc({ i }, 0.5);
    registry.shard.stamp();
  };
  count();
  const replica = replicaOf(pagesOf(registry, PAGE_BYTES_MIN, count));
  assertEquals(replica.seq, 1);
  assertEquals(replica.layout.seriesCount, 9_000);
  const values = new Set(
    Array.from({ length: 9_000 }, (_, series) => {
      const cell = replica.layout.firstCellOf(series);
      return replica.pages[cell >> 10]![cell & 1023];
    }),
  );
  assertEquals(values, new Set([0.5]));
});

Deno.test("DeltaMaker.whole gives no part of a delta, and displaces none that is being fetched", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c_total", help: "", labels: ["i"] });
  for (let i = 0; i < 9_000; i++) counter.inc({ i });
  registry.shard.stamp();
  const deltas = new DeltaMaker();
  const fresh = { sinceSeq: 0, revision: 0, resume: null };
  const { delta: first } = deltas.make(source(registry), fresh, PAGE_BYTES_MIN);
  for (let offer = 0; offer < 10; offer++) {
    registry.shard.stamp();
    assertEquals(deltas.whole(source(registry), fresh, PAGE_BYTES_MIN), null);
  }
  const base = { sinceSeq: 0, revision: first.additions.length, resume: first.next };
  const { delta: second } = deltas.make(source(registry), base, PAGE_BYTES_MIN);
  assertEquals([second.seq, second.layoutFrom], [1, first.additions.length]);
  assertEquals(deltas.whole(source(registry), fresh, 10_000_000)?.delta.seq, 11);
});

Deno.test("DeltaMaker starts over for an asker whose delta it no longer keeps", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c_total", help: "", labels: ["i"] });
  for (let i = 0; i < 9_000; i++) counter.inc({ i });
  registry.shard.stamp();
  const base = { sinceSeq: 0, revision: 0, resume: { seq: 1, cell: 5_000 } };
  const { delta } = new DeltaMaker().make(source(registry), base, PAGE_BYTES_MIN);
  assertEquals([delta.layoutFrom, delta.next?.cell], [0, 0]);
});

Deno.test("joinPages is undefined for pages that miss one, or belong to two deltas", () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "c_total", help: "", labels: ["i"] });
  for (let i = 0; i < 5_000; i++) counter.inc({ i });
  registry.shard.stamp();
  const pages = pagesOf(registry, PAGE_BYTES_MIN);
  assert(pages.length > 3);
  assertEquals(joinPages([]), undefined);
  assertEquals(joinPages(pages.slice(0, -1)), undefined);
  assertEquals(joinPages(pages.toSpliced(1, 1)), undefined);
  assertEquals(joinPages([{ ...pages[0]!, seq: 9 }, ...pages.slice(1)]), undefined);
});

Deno.test("DeltaMaker sends only the cells and rows that the asker's copy lacks", () => {
  const registry = new Registry();
  const [a, b] = ["a_total", "b_total"].map((name) => registry.counter({ name, help: "" }));
  a!.inc();
  b!.inc();
  registry.shard.stamp();
  b!.inc();
  registry.shard.stamp();
  const base = { sinceSeq: 1, revision: 2, resume: null };
  const { delta } = new DeltaMaker().make(source(registry), base, 1_000_000);
  assertEquals([delta.seq, delta.sinceSeq, delta.layoutFrom], [2, 1, 2]);
  assertEquals([...delta.additions].map(({ kind }) => kind), ["family", "series"]);
  assertEquals(pairsOf(delta.cells), [[1, 2]]);
});

Deno.test("DeltaMaker starts over for a copy that claims to know more rows than there are", () => {
  const registry = new Registry();
  registry.counter({ name: "a_total", help: "" });
  registry.shard.stamp();
  const base = { sinceSeq: 0, revision: 99, resume: null };
  assertEquals(new DeltaMaker().make(source(registry), base, 1_000_000).delta.layoutFrom, 2);
});

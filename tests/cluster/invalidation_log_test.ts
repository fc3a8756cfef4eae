import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Invalidation } from "../../src/cluster/invalidation.ts";
import {
  InvalidationLog,
  LOG_CHARS_MAX,
  LOG_ENTRIES_MAX,
} from "../../src/cluster/invalidation_log.ts";

function entry(number: number, length = 0): Invalidation {
  return { kind: "key", cache: "c", name: `${number}`.padEnd(length, "x") };
}

Deno.test("InvalidationLog.after gives what came after a position, or null where some of it is gone", () => {
  const log = new InvalidationLog();
  assertEquals([log.position, log.after(0)], [0, []]);
  for (let i = 1; i <= LOG_ENTRIES_MAX + 2; i++) log.add(entry(i));
  assertEquals(log.position, LOG_ENTRIES_MAX + 2);
  assertEquals(log.after(1), null);
  assertEquals(log.after(2)!.length, LOG_ENTRIES_MAX);
  assertEquals(log.after(LOG_ENTRIES_MAX + 1), [entry(LOG_ENTRIES_MAX + 2)]);
  assertEquals(log.after(LOG_ENTRIES_MAX + 2), []);
  log.skipTo(5_000);
  assertEquals([log.position, log.after(4_999), log.after(5_000)], [5_000, null, []]);
});

Deno.test("InvalidationLog keeps the newest entries within its characters, whatever their lengths", () => {
  fc.assert(fc.property(fc.array(fc.nat(4_000), { maxLength: 60 }), (lengths) => {
    const log = new InvalidationLog();
    const added = lengths.map((length, i) => entry(i + 1, length));
    for (const each of added) log.add(each);
    assertEquals(log.position, added.length);
    let chars = 0;
    for (let from = added.length - 1; from >= 0; from--) {
      chars += added[from]!.name.length + 2;
      const kept = log.after(from);
      assertEquals(kept, chars <= LOG_CHARS_MAX ? added.slice(from) : null);
    }
  }));
});

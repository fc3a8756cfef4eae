import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Invalidation } from "../../src/cluster/invalidation.ts";
import {
  InvalidationLog,
  LOG_CHARS_MAX,
  LOG_ENTRIES_MAX,
  OWN_LOG_FACTOR,
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

Deno.test("InvalidationLog.stretch gives what goes in one message, and one after the other gives all that is kept", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1_500), { minLength: 1, maxLength: 700, size: "max" }),
      (lengths) => {
        const log = new InvalidationLog(OWN_LOG_FACTOR);
        const added = lengths.map((length, i) => entry(i + 1, length));
        for (const each of added) log.add(each);
        let [position, count] = [0, 0];
        while (position < log.position) {
          const { after, entries } = log.stretch(position);
          assertEquals(entries, added.slice(after, after + entries.length));
          assertEquals(count === 0 || after === position, true, "only the first may begin later");
          const chars = entries.reduce((sum, { name }) => sum + name.length + 2, 0);
          assertEquals([entries.length > 0, chars <= LOG_CHARS_MAX], [true, true]);
          position = after + entries.length;
          count++;
        }
      },
    ),
  );
  const log = new InvalidationLog(2);
  for (let i = 1; i <= 2 * LOG_ENTRIES_MAX + 1; i++) log.add(entry(i));
  const { after, entries } = log.stretch(0);
  assertEquals([after, entries.length], [1, LOG_ENTRIES_MAX]);
});

Deno.test("InvalidationLog.copy takes over the newest that it has room for", () => {
  const log = new InvalidationLog(2);
  for (let i = 1; i <= LOG_ENTRIES_MAX + 1; i++) log.add(entry(i));
  const copy = new InvalidationLog();
  copy.copy(log);
  assertEquals([copy.position, copy.after(0)], [LOG_ENTRIES_MAX + 1, null]);
  assertEquals(copy.after(1)?.length, LOG_ENTRIES_MAX);
});

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { CacheCounts } from "../../src/cache/cache_counts.ts";
import { EntryStore } from "../../src/cache/entry_store.ts";

const PENDING = { isOutdated: false };

function storeOf(count: number, maxEntries: number): EntryStore<string, string> {
  const store = new EntryStore<string, string>({ name: "users", maxEntries }, new CacheCounts());
  for (let i = 0; i < count; i++) store.keep(`${i}`, "1", PENDING);
  return store;
}

Deno.test("EntryStore.keys gives every key that stays, whatever is read, kept and dropped meanwhile", () => {
  const change = fc.record({
    kind: fc.constantFrom("read", "drop", "keep", "add", "clear"),
    key: fc.nat(29).map(String),
  }, { noNullPrototype: true });
  fc.assert(fc.property(fc.array(fc.option(change, { freq: 1 }), { maxLength: 60 }), (changes) => {
    const store = storeOf(30, 40);
    const staying = new Set(store.lru.keys());
    const given: string[] = [];
    const keys = store.keys();
    let added = 0;
    for (const each of changes) {
      if (each === null) {
        const next = keys.next();
        if (!next.done) given.push(next.value);
        continue;
      }
      const { kind, key } = each;
      if (kind === "read") store.lru.get(key);
      else if (kind === "keep") store.keep(key, "2", PENDING);
      else if (kind === "add") store.keep(`new ${added++}`, "1", PENDING);
      else store.drop(kind === "drop" ? "key" : "clear", key);
      for (const one of staying) if (!store.lru.has(one)) staying.delete(one);
    }
    given.push(...keys);
    assert(given.length <= 30, "it ends although entries come");
    assertEquals([...staying].filter((key) => !given.includes(key)), []);
  }));
});

Deno.test("EntryStore.keys leaves out what went before it was read", () => {
  const store = storeOf(3, 3);
  const keys = store.keys();
  assertEquals(keys.next().value, "0");
  store.drop("key", "1");
  store.drop("key", "0");
  assertEquals([...keys], ["2"]);
  assertEquals([...storeOf(0, 3).keys()], []);
});

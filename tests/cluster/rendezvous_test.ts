import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Rendezvous } from "../../src/cluster/rendezvous.ts";

const KEYS = Array.from({ length: 20_000 }, (_, i) => `user:${i}`);

function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `web-${i}`);
}

Deno.test("Rendezvous.ownerOf is undefined without nodes and the only node with one", () => {
  assertEquals(new Rendezvous([]).ownerOf("a"), undefined);
  assertEquals(new Rendezvous(["web-0"]).ownerOf("a"), "web-0");
});

Deno.test("Rendezvous.ownerOf is the same whatever the order of the nodes", () => {
  fc.assert(fc.property(
    fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 12 }),
    fc.string(),
    (nodes, key) => {
      const owner = new Rendezvous(nodes).ownerOf(key);
      assert(nodes.includes(owner!));
      assertEquals(new Rendezvous(nodes.toReversed()).ownerOf(key), owner);
      assertEquals(new Rendezvous([...nodes, ...nodes]).ownerOf(key), owner);
    },
  ));
});

Deno.test("Rendezvous.ownerOf moves no key but those of the node that went, for any nodes and keys", () => {
  fc.assert(fc.property(
    fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 12 }),
    fc.array(fc.string(), { minLength: 1 }),
    ([gone, ...rest], keys) => {
      const [before, after] = [new Rendezvous([gone!, ...rest]), new Rendezvous(rest)];
      for (const key of keys) {
        const owner = before.ownerOf(key);
        if (owner !== gone) assertEquals(after.ownerOf(key), owner);
      }
    },
  ));
});

for (const count of [2, 3, 5, 10, 50]) {
  Deno.test(`Rendezvous.ownerOf gives each of ${count} nodes its share of similar keys`, () => {
    const rendezvous = new Rendezvous(names(count));
    const owned = new Map<string, number>();
    for (const key of KEYS) {
      const owner = rendezvous.ownerOf(key)!;
      owned.set(owner, (owned.get(owner) ?? 0) + 1);
    }
    const share = KEYS.length / count;
    // Six standard deviations of a fair draw.
    const tolerance = 6 * Math.sqrt(share * (1 - 1 / count));
    for (const [node, keys] of owned) {
      assert(Math.abs(keys - share) < tolerance, `${node} owns ${keys} of ${share}`);
    }
    assertEquals(owned.size, count);
  });

  Deno.test(`Rendezvous.ownerOf moves about 1/${count + 1} of the keys to one more than ${count} nodes`, () => {
    const [before, after] = [new Rendezvous(names(count)), new Rendezvous(names(count + 1))];
    const moved = KEYS.filter((key) => before.ownerOf(key) !== after.ownerOf(key));
    for (const key of moved) assertEquals(after.ownerOf(key), `web-${count}`);
    const share = KEYS.length / (count + 1);
    assert(Math.abs(moved.length - share) < 6 * Math.sqrt(share), `${moved.length} of ${share}`);
  });
}

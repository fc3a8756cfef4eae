import { assertEquals } from "@std/assert";
import type { CounterFamily } from "../../../src/metrics/counter.ts";
import type { Contribution } from "../../../src/metrics/merge/contribution.ts";
import { Merger } from "../../../src/metrics/merge/merger.ts";
import { Registry } from "../../../src/metrics/registry.ts";
import { contribution, exposed, sample } from "./exposed.ts";

class Node {
  readonly #name: string;
  readonly #registry = new Registry();
  readonly counter: CounterFamily<"k">;
  life: Contribution["life"] = "live";

  constructor(name: string, count: number) {
    this.#name = name;
    this.counter = this.#registry.counter({ name: "x_total", help: "X.", labels: ["k"] });
    if (count > 0) this.counter.inc({ k: "1" }, count);
  }

  get contribution(): Contribution {
    return contribution(this.#name, this.#registry, { life: this.life });
  }
}

/** What a merger that has seen all that came before shows of the counter, and a new one likewise. */
function watched(...nodes: Node[]): () => number | undefined {
  const merger = new Merger();
  return () => {
    const contributions = nodes.map((node) => node.contribution);
    const key = sample("x_total", { k: "1" });
    const shown = exposed(merger.merge(contributions)).get(key);
    assertEquals(exposed(new Merger().merge(contributions.toReversed())).get(key), shown);
    return shown;
  };
}

Deno.test("Merger hides a counter once all live nodes that have it hid it, and shows it with its total", () => {
  const [a, b, without] = [new Node("a", 3), new Node("b", 4), new Node("c", 0)];
  const shown = watched(a, b, without);
  assertEquals(shown(), 7);
  a.counter.remove({ k: "1" });
  assertEquals(shown(), 7, "b still shows it");
  b.counter.remove({ k: "1" });
  assertEquals(shown(), undefined);
  a.counter.inc({ k: "1" }, 1);
  assertEquals(shown(), 8);
});

Deno.test("Merger does not let a departed node bring back what the living removed", () => {
  const [a, b] = [new Node("a", 3), new Node("b", 4)];
  const shown = watched(a, b);
  b.life = "departed";
  assertEquals(shown(), 7);
  a.counter.remove({ k: "1" });
  assertEquals(shown(), undefined);
  a.life = "departed";
  assertEquals(shown(), undefined, "nor when the one that removed it departs");
});

Deno.test("Merger shows what departed nodes had until somebody hides it, and what a new one makes again", () => {
  const [a, b, c] = [new Node("a", 3), new Node("b", 4), new Node("c", 0)];
  const shown = watched(a, b, c);
  a.life = b.life = "departed";
  assertEquals(shown(), 7);
  c.counter.inc({ k: "1" }, 1);
  assertEquals(shown(), 8);
  c.counter.remove({ k: "1" });
  assertEquals(shown(), undefined);
  c.counter.inc({ k: "1" }, 1);
  assertEquals(shown(), 9);
});

Deno.test("Merger hides a counter with the last node that used it where a living one has it idle", () => {
  let ms = 0;
  const make = () => {
    const registry = new Registry({ nowMs: () => ms });
    const counter = registry.counter({
      name: "x_total",
      help: "",
      labels: ["k"],
      idleTtlMs: 1_000,
    });
    counter.inc({ k: "1" });
    return { registry, counter };
  };
  const [a, b] = [make(), make()];
  const shown = (lifeOfB: Contribution["life"]) => {
    const ofA = contribution("a", a.registry, { life: "live" });
    const ofB = contribution("b", b.registry, { life: lifeOfB });
    return exposed(new Merger().merge([ofA, ofB])).get(sample("x_total", { k: "1" }));
  };
  for (; ms <= 2_000; ms += 250) {
    b.counter.inc({ k: "1" });
    shown("live");
  }
  assertEquals(a.registry.seriesCounts()[0]!.removed, 1);
  assertEquals(shown("live"), 11);
  assertEquals(shown("departed"), undefined);
  a.counter.inc({ k: "1" });
  assertEquals(shown("departed"), 12);
});

Deno.test("Merger leaves a removed gauge out of every pooled value, and takes it in again", () => {
  for (
    const [merge, both, one] of [["sum", 7, 3], ["max", 4, 3], ["min", 3, 3], [
      "avg",
      3.5,
      3,
    ]] as const
  ) {
    const registries = [new Registry(), new Registry()];
    const [a, b] = registries.map((registry) =>
      registry.gauge({ name: "level", help: "L.", labels: ["k"], merge })
    );
    const merger = new Merger();
    const shown = () =>
      exposed(merger.merge(registries.map((it, i) => contribution(`n${i}`, it))))
        .get(sample("level", { k: "1" }));
    a!.set({ k: "1" }, 3);
    b!.set({ k: "1" }, 4);
    assertEquals(shown(), both, merge);
    b!.remove({ k: "1" });
    assertEquals(shown(), one, merge);
    a!.remove({ k: "1" });
    assertEquals(shown(), undefined, merge);
    b!.set({ k: "1" }, 4);
    assertEquals(shown(), 4, merge);
  }
});

Deno.test("Merger shows the facts of all live nodes once, and of none that departed or changed its mind", () => {
  const registries = [new Registry(), new Registry(), new Registry()];
  const infos = registries.map((registry) =>
    registry.info({ name: "build_info", help: "B.", labels: ["version"] })
  );
  const merger = new Merger();
  const shown = (departed: number) => {
    const contributions = registries.map((it, i) =>
      contribution(`n${i}`, it, i === departed ? { life: "departed" } : {})
    );
    return [...exposed(merger.merge(contributions))].sort();
  };
  const versions = (...list: string[]) =>
    list.map((version) => [sample("build_info", { version }), 1]);
  ["1", "1", "2"].forEach((version, i) => infos[i]!.set({ version }));
  assertEquals(shown(-1), versions("1", "2"));
  assertEquals(shown(2), versions("1"));
  infos[0]!.set({ version: "3" });
  infos[1]!.set({ version: "3" });
  assertEquals(shown(-1), versions("2", "3"));
});

Deno.test("Merger shows each node's states by themselves", () => {
  const registry = new Registry();
  registry.stateSet({ name: "phase", help: "P.", states: ["new", "ready"] }).only("ready");
  const merged = exposed(new Merger().merge([contribution("a", registry)]));
  assertEquals([...merged], [
    [sample("phase", { phase: "new", node: "a" }), 0],
    [sample("phase", { phase: "ready", node: "a" }), 1],
  ]);
});

Deno.test("Merger tells when the first of several made a series", () => {
  const made = (wallMs: number) => {
    const registry = new Registry({ wallMs: () => wallMs });
    registry.counter({ name: "x_total", help: "X." }).inc();
    return registry;
  };
  const merged = new Merger().merge([
    contribution("a", made(9_000)),
    contribution("b", made(7_900)),
    contribution("c", new Registry()),
  ]);
  assertEquals(merged.createdMsOf(0), 7_000);
});

import { assert, assertEquals } from "@std/assert";
import { Registry } from "../../../src/metrics/registry.ts";
import type { Contribution } from "../../../src/metrics/merge/contribution.ts";
import { Merger } from "../../../src/metrics/merge/merger.ts";

function contribution(number: number, series: number): [Contribution, Registry] {
  const registry = new Registry({ seriesPerFamilyMax: series });
  const counter = registry.counter({ name: "c_total", help: "", labels: ["i"] });
  for (let i = 0; i < series; i++) counter.inc({ i }, number);
  registry.shard.stamp();
  return [{
    node: `n${number}`,
    incarnation: `${number}`.padStart(16, "0"),
    startedAtMs: number,
    shard: registry.shard,
    life: "live",
    gaugesShown: true,
  }, registry];
}

Deno.test("Merger.mergeInSteps plans many series in many steps, and gives what merge gives", () => {
  const contributions = [contribution(1, 30_000)[0], contribution(2, 30_000)[0]];
  const steps = new Merger().mergeInSteps(contributions);
  let count = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) count++;
  assert(count > 30, `${count} steps`);
  const whole = new Merger().merge(contributions);
  assertEquals(step.value.layout.seriesCount, whole.layout.seriesCount);
  assertEquals(step.value.pages.map((page) => [...page]), whole.pages.map((page) => [...page]));
});

Deno.test("Merger.mergeInSteps tells at which seq it took a shard that changed meanwhile", () => {
  const [first, registry] = contribution(1, 10);
  const [second] = contribution(2, 10);
  const steps = new Merger().mergeInSteps([first, second]);
  let step = steps.next();
  while (!step.done) {
    registry.shard.stamp();
    step = steps.next();
  }
  const { seqs } = step.value;
  assertEquals(seqs.get(second.incarnation), 1);
  const taken = seqs.get(first.incarnation)!;
  assert(taken > 1 && taken <= registry.shard.seq);
});

Deno.test("Merger.mergeInSteps says before it adds shards how large they are, and adds large ones alone", () => {
  const small = [contribution(1, 3_000)[0], contribution(2, 5_000)[0]];
  assert([...new Merger().mergeInSteps(small)].includes(8_000));
  const large = [contribution(1, 70_000)[0], contribution(2, 70_001)[0]];
  const announced = [...new Merger().mergeInSteps(large)];
  for (const { shard } of large) assert(announced.includes(shard.cellCount));
});

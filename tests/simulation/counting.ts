import type { SeededRandom } from "../cluster/seeded_random.ts";
import { APP_VERSIONS, AppMetrics, SimulatedApp } from "./app.ts";
import type { Counted, Life } from "./life.ts";
import type { World } from "./world.ts";

/** A process before it counts. */
export type Uncounted = Omit<Life, "counted">;

/** Gives a process its application, and notes from then on what each of its incarnations counts. */
export function counting(world: World, process: Uncounted, random: SeededRandom): Life {
  const { node, version } = process;
  const { shard } = node.registry;
  const metrics = new AppMetrics(node.registry, APP_VERSIONS[version]!, () => world.nowMs);
  const next = (): Counted => {
    const { incarnation } = node;
    const app = new SimulatedApp(metrics, incarnation, random);
    const counted = { incarnation, app, life: process as Life, floor: Infinity };
    world.byIncarnation.set(incarnation, counted);
    return counted;
  };
  const life: Life = Object.assign(process, { counted: next() });
  shard.beforeStamp(() => {
    if (node.incarnation !== life.counted.incarnation) {
      world.tell(`renew ${life.name} as ${node.incarnation}`);
      life.counted = next();
      world.lowerFloors();
    }
    life.counted.app.publish(shard.seq + 1);
  });
  return life;
}

/** Lets the application of a process work, an operation every `operationMs` on the average. */
export function operate(world: World, life: Life, random: SeededRandom, operationMs: number): void {
  const delayMs = -Math.log(1 - random.float()) * operationMs;
  life.node.clock.after(delayMs, () => {
    if (life.state !== "running" || world.isHealing) return;
    life.counted.app.operate(world.nowMs);
    operate(world, life, random, operationMs);
  });
}

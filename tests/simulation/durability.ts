import type { IncarnationId } from "../../src/cluster/identity.ts";
import type { Goodbye } from "../../src/cluster/goodbye.ts";
import { heldBy, type Life } from "./life.ts";
import type { World } from "./world.ts";

/** What rounds and their exchanges may take: one to publish, two until a peer has it. */
const ROUND_MS = 3_500;
/** What it may take until all know what DNS tells again. */
const DNS_MS = 5_000;
/** So long after its birth DNS lists a node to everybody. */
const KNOWN_MS = 12_000;
/** How often it is looked whether a crash would cost more than that. */
const LOOK_MS = 700;

/** Looks again and again whether a crash of any settled node would cost more than its last rounds. */
export function watchReplication(world: World): void {
  const calm = world.alive.filter((life) =>
    life.state === "running" && world.isCalm(life, world.nowMs)
  );
  // Whom DNS has not named yet, and nobody tells of, can't be asked.
  const isKnown = world.dns.disturbedAtMs <= world.nowMs - DNS_MS;
  for (const life of calm) if (isKnown && calm.length > 1) checkReplication(world, life);
  for (const life of world.alive) checkGoodbyesHeard(world, life);
  if (!world.isHealing) world.clock.after(LOOK_MS, () => watchReplication(world));
}

function checkReplication(world: World, life: Life): void {
  const due = life.counted.app.countBefore(world.nowMs - ROUND_MS);
  const others = world.alive.filter((other) => other !== life);
  if (others.some((other) => heldBy(other, life.counted) >= due)) return;
  const held = Math.max(...others.map((other) => heldBy(other, life.counted)));
  world.fail(
    "3 crash",
    `${life.name} had ${due} operations ${ROUND_MS} ms ago, of which others would hold ${held} if ` +
      `it crashed now`,
  );
}

/** A goodbye is final: nobody who heard it takes its sender for alive again. */
function checkGoodbyesHeard(world: World, life: Life): void {
  const { events } = life.node;
  while (life.eventsSeen < events.length) {
    const { kind, incarnation } = events[life.eventsSeen++]!;
    if (kind === "left") life.goodbyes.add(incarnation);
    else if (kind !== "replaced" && kind !== "lost" && life.goodbyes.has(incarnation)) {
      const { name } = world.byIncarnation.get(incarnation)!.life;
      world.fail(
        "3 goodbye",
        `${life.name} knew that ${name} had left, and then that it is ${kind}`,
      );
    }
  }
}

/** Whom DNS has always listed to everybody is never folded, however long it is silent. */
export function checkFolded(world: World, by: string, incarnation: IncarnationId): void {
  const { life } = world.byIncarnation.get(incarnation)!;
  const knownAtMs = life.startedAtMs + KNOWN_MS;
  if (life.isForeign || life.state !== "running" || world.nowMs < knownAtMs) return;
  if (world.dns.disturbedAtMs >= life.startedAtMs) return;
  world.fail(
    "1 folded",
    `${by} folded ${life.name}, which lives and was in every answer of DNS`,
  );
}

/** What a goodbye says to be confirmed is held; where nothing is in its way, it is confirmed. */
export function checkGoodbye(
  world: World,
  life: Life,
  { confirmed }: Goodbye,
  startedAtMs: number,
): void {
  const others = world.alive.filter((other) => other !== life);
  const held = Math.max(0, ...others.map((other) => heldBy(other, life.counted)));
  // Who confirmed may have crashed since.
  const areThere = world.lives.every(({ endedAtMs }) =>
    endedAtMs === Infinity || endedAtMs < startedAtMs
  );
  if (confirmed > 0 && areThere && held < life.counted.app.count) {
    world.fail(
      "3 goodbye",
      `${life.name} left with ${life.counted.app.count} operations confirmed, and survivors hold ${held}`,
    );
  }
  const calm = others.filter((other) => world.isCalm(other, startedAtMs));
  if (confirmed > 0 || calm.length === 0 || !world.isCalm(life, startedAtMs)) return;
  const names = calm.map(({ name }) => name).join(", ");
  world.fail(
    "3 goodbye",
    `${life.name} reached nobody with its goodbye, though nothing was in the way of ${names}`,
  );
}

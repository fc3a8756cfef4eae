import type { SeededRandom } from "../cluster/seeded_random.ts";
import { isAlive, type Life } from "./life.ts";
import { AFTERMATH_MS, type Weather, type World } from "./world.ts";

/** What a fault may use. */
export interface FaultScene {
  readonly world: World;
  readonly random: SeededRandom;
  /** The most processes at a time. */
  readonly nodesMax: number;
  /** When no fault may last any longer. */
  readonly endMs: number;
}

/** Brings one fault about; false where there is nothing to do it to. */
type Fault = (scene: FaultScene) => boolean;

/** Every kind of fault. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  crash: (scene) => crash(scene, "process"),
  machine: (scene) => crash(scene, "machine"),
  restart,
  hang: (scene) => hang(scene, 300, 8_000),
  suspend: (scene) => suspend(scene),
  leave,
  grow,
  grow_apart: growApart,
  roll,
  cut: (scene) => cutPair(scene, true),
  cut_one_way: (scene) => cutPair(scene, false),
  cut_some: cutSome,
  patchy,
  partition,
  isolate,
  exile,
  loss: (scene) => weather(scene, (random) => ({ loss: 0.02 + random.float() * 0.25 })),
  slow: (scene) => weather(scene, (random) => ({ jitterMs: 50 + random.float() ** 2 * 1_500 })),
  twice: (scene) => weather(scene, () => ({ twice: 0.3, jitterMs: 80 })),
  slow_node: (scene) =>
    badLinks(scene, "slow", (random) => ({ jitterMs: between(random, 200, 6_000) })),
  lossy_node: (scene) =>
    badLinks(scene, "lossy", (random) => ({ loss: between(random, 0.2, 0.7), jitterMs: 20 })),
  dns_failure: dnsFailure,
  dns_shrink: dnsShrink,
  reuse: (scene) => reuse(scene, false),
  reuse_foreign: (scene) => reuse(scene, true),
};

function between(random: SeededRandom, min: number, max: number): number {
  return min + random.float() * (max - min);
}

function pick<T>(random: SeededRandom, items: readonly T[]): T | undefined {
  return items[Math.floor(random.float() * items.length)];
}

/** How long a fault lasts. */
function spanMs({ random, world, endMs }: FaultScene, min: number, max: number): number {
  return Math.max(0, Math.min(between(random, min, max), endMs - world.nowMs));
}

/** Someone who may go without leaving too few. */
function expendable({ world, random }: FaultScene): Life | undefined {
  const { ready } = world;
  if (ready.length < 2 || (ready.length === 2 && random.float() < 0.7)) return undefined;
  return pick(random, world.alive.filter(({ state }) => state === "running"));
}

function crash(scene: FaultScene, what: "process" | "machine"): boolean {
  const life = expendable(scene);
  if (life === undefined) return false;
  scene.world.crash(life, what, between(scene.random, 500, 25_000));
  if (scene.random.float() < 0.6) rebirth(scene, life, between(scene.random, 1_000, 15_000));
  return true;
}

/** The process ends and begins again: the same name and address. */
function restart(scene: FaultScene): boolean {
  const life = expendable(scene);
  if (life === undefined) return false;
  const { world, random } = scene;
  world.crash(life, "process", 60_000);
  world.clock.after(between(random, 50, 6_000), () => {
    if (world.isHealing || isTaken(world, life.address)) return;
    world.start({ name: life.name, address: life.address, version: life.version });
  });
  return true;
}

/** A new pod of the same name, elsewhere. */
function rebirth({ world, random, nodesMax }: FaultScene, life: Life, afterMs: number): void {
  const clockOffsetMs = random.float() < 0.2 ? between(random, -7_200_000, 7_200_000) : 0;
  const keepsName = random.float() < 0.5 && clockOffsetMs === 0;
  world.clock.after(afterMs, () => {
    if (world.isHealing || world.alive.length >= nodesMax) return;
    if (world.alive.some(({ name }) => name === life.name)) return;
    world.start({
      name: keepsName ? life.name : world.freshName(),
      version: life.version,
      clockOffsetMs,
      listedAfterMs: between(random, 0, 4_000),
    });
  });
}

function isTaken(world: World, address: string): boolean {
  return world.lives.some((life) => life.address === address && isAlive(life));
}

function hang(scene: FaultScene, min: number, max: number): boolean {
  const life = pick(scene.random, scene.world.alive);
  if (life === undefined) return false;
  scene.world.hang(life, spanMs(scene, min, max));
  return true;
}

/** A machine is suspended: for hours, as its own clock tells, and half of the time DNS drops it. */
function suspend(scene: FaultScene): boolean {
  const { world, random } = scene;
  const life = pick(random, world.alive);
  if (life === undefined) return false;
  const ms = spanMs(scene, 15_000, 60_000);
  const hours = between(random, 0, 8);
  world.tell(`suspend ${life.name}, by its own clock for ${hours.toFixed(1)} h`);
  world.hang(life, ms);
  life.node.clock.jump(hours * 3_600_000);
  if (random.float() < 0.5) world.dns.hide([life.address], world.nowMs + ms);
  return true;
}

function leave(scene: FaultScene): boolean {
  const life = expendable(scene);
  if (life === undefined) return false;
  scene.world.leave(life, between(scene.random, 0, 8_000));
  if (scene.random.float() < 0.5) rebirth(scene, life, between(scene.random, 500, 10_000));
  return true;
}

function grow({ world, random, nodesMax }: FaultScene): boolean {
  const count = 1 + Math.floor(random.float() * 3);
  for (let i = 0; i < count && world.alive.length < nodesMax; i++) {
    world.start({
      name: world.freshName(),
      version: Math.floor(random.float() * 3),
      listedAfterMs: between(random, 0, 6_000),
    });
  }
  return true;
}

/** New nodes that reach each other and, for a while, nobody else. */
function growApart(scene: FaultScene): boolean {
  const { world, nodesMax } = scene;
  const elders = world.alive;
  if (elders.length + 2 > nodesMax) return false;
  const ms = spanMs(scene, 1_000, 15_000);
  const pair = [0, 1].map(() => world.start({ name: world.freshName() }));
  world.tell(`apart are ${pair.map(({ name }) => name).join(",")} for ${Math.round(ms)} ms`);
  world.split(pair, elders, ms);
  return true;
}

/** A new version comes, node by node. */
function roll({ world, random, nodesMax }: FaultScene): boolean {
  const version = 1 + Math.floor(random.float() * 2);
  const stepMs = between(random, 2_000, 7_000);
  world.rollingTo = version;
  const step = () => {
    // A later roll takes over; one that finds no room waits.
    if (world.rollingTo !== version) return;
    if (world.alive.length > nodesMax) return void world.clock.after(stepMs, step);
    const old = world.alive.find((life) => life.version !== version && life.state === "running");
    if (world.isHealing || old === undefined || world.alive.length < 2) return;
    world.tell(`roll ${old.name} to v${version}`);
    world.start({ name: world.freshName(), version, listedAfterMs: between(random, 0, 1_500) });
    world.clock.after(stepMs / 2, () => {
      if (old.state === "running" && !world.isHealing) world.leave(old, between(random, 0, 2_000));
    });
    world.clock.after(stepMs, step);
  };
  step();
  return true;
}

function cutPair(scene: FaultScene, bothWays: boolean): boolean {
  const { world, random } = scene;
  const [a, b] = [pick(random, world.alive), pick(random, world.alive)];
  if (a === undefined || b === undefined || a === b) return false;
  const ms = spanMs(scene, 500, 25_000);
  world.tell(`cut ${a.name} ${bothWays ? "<->" : "->"} ${b.name} for ${Math.round(ms)} ms`);
  world.cut(a, b, ms);
  if (bothWays) world.cut(b, a, ms);
  return true;
}

/** Some reach a node and some do not: what it counts comes to these at second hand. */
function cutSome(scene: FaultScene): boolean {
  const { world, random } = scene;
  const one = pick(random, world.alive);
  const some = world.alive.filter((life) => life !== one && random.float() < 0.5);
  if (one === undefined || some.length === 0) return false;
  const ms = spanMs(scene, 500, 25_000);
  const names = some.map(({ name }) => name).join(",");
  world.tell(`cut ${one.name} <-> ${names} for ${Math.round(ms)} ms`);
  for (const other of some) {
    world.cut(one, other, ms);
    world.cut(other, one, ms);
  }
  return true;
}

/** The same, and their other links are slow: what comes at second hand comes too late, now and then. */
function patchy(scene: FaultScene): boolean {
  const { world, random } = scene;
  const one = pick(random, world.alive);
  const others = world.alive.filter((life) => life !== one);
  const some = others.filter(() => random.float() < 0.5);
  if (one === undefined || some.length === 0 || some.length === others.length) return false;
  const ms = spanMs(scene, 2_000, 20_000);
  const state = { kind: "open", jitterMs: between(random, 100, 900), loss: 0.05 } as const;
  const names = some.map(({ name }) => name).join(",");
  world.tell(`patchy ${one.name} and ${names} ${JSON.stringify(state)} for ${Math.round(ms)} ms`);
  for (const a of some) {
    world.cut(one, a, ms);
    world.cut(a, one, ms);
    for (const b of others) if (a !== b) world.setLinks(a, b, state, ms);
  }
  world.disturb(others, ms + AFTERMATH_MS);
  return true;
}

function partition(scene: FaultScene): boolean {
  const { world, random } = scene;
  const right = new Set(world.alive.filter(() => random.float() < 0.5));
  const left = world.alive.filter((life) => !right.has(life));
  if (left.length === 0 || right.size === 0) return false;
  return split(scene, left, [...right], spanMs(scene, 1_000, 30_000));
}

function isolate(scene: FaultScene): boolean {
  const { world, random } = scene;
  const one = pick(random, world.alive);
  const rest = world.alive.filter((life) => life !== one);
  if (one === undefined || rest.length === 0) return false;
  return split(scene, [one], rest, spanMs(scene, 500, 25_000));
}

/** Some machines are cut off, and drop out of DNS as nodes do that the scheduler has given up. */
function exile(scene: FaultScene): boolean {
  const { world, random } = scene;
  const gone = world.alive.filter(() => random.float() < 0.35);
  const rest = world.alive.filter((life) => !gone.includes(life));
  if (gone.length === 0 || rest.length === 0) return false;
  const ms = spanMs(scene, 12_000, 60_000);
  const afterMs = between(random, 0, 5_000);
  world.clock.after(afterMs, () => {
    if (ms > afterMs) {
      world.dns.hide(gone.map(({ address }) => address), world.nowMs + ms - afterMs);
    }
  });
  return split(scene, gone, rest, ms);
}

function split(
  { world }: FaultScene,
  left: readonly Life[],
  right: readonly Life[],
  ms: number,
): boolean {
  const names = [left, right].map((side) => side.map(({ name }) => name).join(","));
  world.tell(`split ${names.join(" | ")} for ${Math.round(ms)} ms`);
  world.split(left, right, ms);
  return true;
}

function weather(
  scene: FaultScene,
  draw: (random: SeededRandom) => Weather,
): boolean {
  const { world, random } = scene;
  const ms = spanMs(scene, 1_000, 20_000);
  const drawn = draw(random);
  if (!world.storm(drawn, ms)) return false;
  world.tell(`weather ${JSON.stringify(drawn)} for ${Math.round(ms)} ms`);
  return true;
}

/** One node whose packets are slow or get lost, both ways. */
function badLinks(
  scene: FaultScene,
  what: string,
  draw: (random: SeededRandom) => Weather,
): boolean {
  const { world, random } = scene;
  const one = pick(random, world.alive);
  if (one === undefined || world.alive.length < 2) return false;
  const ms = spanMs(scene, 1_000, 20_000);
  const drawn = draw(random);
  world.tell(`${what} ${one.name} ${JSON.stringify(drawn)} for ${Math.round(ms)} ms`);
  for (const other of world.alive) {
    if (other !== one) world.setLinks(one, other, { kind: "open", ...drawn }, ms);
  }
  world.disturb([one], ms + AFTERMATH_MS + (drawn.jitterMs ?? 0));
  return true;
}

function dnsFailure(scene: FaultScene): boolean {
  const { world, random } = scene;
  const ms = spanMs(scene, 3_000, 30_000);
  const askers = random.float() < 0.5
    ? world.alive
    : world.alive.filter(() => random.float() < 0.4);
  world.tell(`dns fails for ${askers.map(({ name }) => name).join(",")} for ${Math.round(ms)} ms`);
  for (const { address } of askers) world.dns.fail(address, world.nowMs + ms);
  return true;
}

function dnsShrink(scene: FaultScene): boolean {
  const { world, random } = scene;
  const ms = spanMs(scene, 2_000, 25_000);
  const hidden = world.alive.filter(() => random.float() < 0.5);
  world.tell(`dns hides ${hidden.map(({ name }) => name).join(",")} for ${Math.round(ms)} ms`);
  world.dns.hide(hidden.map(({ address }) => address), world.nowMs + ms);
  return true;
}

/** A new process takes the address of a dead one. */
function reuse({ world, random, nodesMax }: FaultScene, isForeign: boolean): boolean {
  if (world.alive.length >= nodesMax) return false;
  const free = world.lives.filter(({ address, state }) =>
    (state === "dead" || state === "left") && !isTaken(world, address)
  );
  const dead = pick(random, free);
  if (dead === undefined) return false;
  const stranger = isForeign ? "x" : world.freshName();
  world.start({ name: stranger, address: dead.address, isForeign });
  return true;
}

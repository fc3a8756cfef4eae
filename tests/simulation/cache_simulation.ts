import type { Cache } from "../../src/cache/cache.ts";
import { SeededRandom } from "../cluster/seeded_random.ts";
import type { SimulatedNode } from "../cluster/simulated_node.ts";
import { CachedData, readingMs, type Row } from "./cached_data.ts";
import type { Life } from "./life.ts";
import { breakThings } from "./simulation.ts";
import type { Violation } from "./violation.ts";
import { World } from "./world.ts";

/** What a simulation of caches is run with; the same options give the same run. */
export interface CacheSimulationOptions {
  readonly seed: number;
  /** The most nodes at a time, from 3 on. */
  readonly nodes: number;
  readonly tell?: (atMs: number, line: string) => void;
}

/** How a simulation of caches went. */
export interface CacheSimulationResult {
  readonly violation: Violation | null;
  readonly faults: ReadonlyMap<string, number>;
  /** Reads that were answered, by what from, and writes. */
  readonly counts: { served: number; servedOld: number; loaded: number; writes: number };
  readonly virtualMs: number;
}

/** The bound that the caches of a simulated world promise. */
export const BOUND_MS = 5_000;
const CHAOS_MS = [25_000, 75_000] as const;
/** How long a healed world may take until nothing is served that was invalidated before. */
const SETTLE_MS = 30_000;
const ROWS = 12;
const WATCH_MS = 40;

/** The caches of one life: one with a bound, and one without. */
interface LifeCaches {
  readonly bounded: Cache<Row>;
  readonly plain: Cache<Row>;
}

/**
 * Lets every node of a world with faults of all kinds read and write rows through its caches, and holds
 * each answer to the bound: no row is served longer than that after it was invalidated anywhere.
 */
export async function simulateCaches(
  { seed, nodes, tell = () => {} }: CacheSimulationOptions,
): Promise<CacheSimulationResult> {
  const random = new SeededRandom(seed ^ 0xcace);
  const caches = new Map<SimulatedNode, LifeCaches>();
  const plant = (node: SimulatedNode) => {
    const options = { maxEntries: 1_000, onTopology: "keep" } as const;
    caches.set(node, {
      bounded: node.caches.create<Row>({ ...options, name: "bounded", staleMsMax: BOUND_MS }),
      plain: node.caches.create<Row>({ ...options, name: "plain" }),
    });
  };
  const world = new World({ seed, tell, operationMs: 2_000, plant });
  const readers = new Readers(world, caches, random.fork(), 40 + random.float() * 200);
  const startMs = world.nowMs;
  const endMs = startMs + CHAOS_MS[0] + random.float() * (CHAOS_MS[1] - CHAOS_MS[0]);
  const isOver = () => world.violation !== null;
  const first = 3 + Math.floor(random.float() * (nodes - 2));
  for (let i = 0; i < first; i++) {
    const afterMs = random.float() < 0.8 ? 0 : random.float() * 4_000;
    world.clock.after(afterMs, () => void world.start({ name: world.freshName() }));
  }
  const faults = new Map<string, number>();
  world.clock.after(0, () => readers.run());
  const scene = { world, random: random.fork(), nodesMax: Math.ceil(nodes * 1.5), endMs };
  breakThings(scene, [], faults);
  await world.clock.runUntil(endMs, isOver);
  if (!isOver()) world.heal();
  readers.mustSettleBy(world.nowMs + SETTLE_MS);
  await world.clock.runUntil(endMs + 2 * SETTLE_MS, isOver);
  const { violation, nowMs } = world;
  return { violation, faults, counts: readers.counts, virtualMs: nowMs - startMs };
}

/** The application of every node, as far as it reads and writes rows. */
class Readers {
  readonly counts: CacheSimulationResult["counts"] = {
    served: 0,
    servedOld: 0,
    loaded: 0,
    writes: 0,
  };
  readonly #world: World;
  readonly #data: CachedData;
  readonly #caches: ReadonlyMap<SimulatedNode, LifeCaches>;
  readonly #random: SeededRandom;
  readonly #pauseMs: number;
  readonly #writeShare: number;
  readonly #known = new Set<Life>();
  #settledByMs = Infinity;

  constructor(
    world: World,
    caches: ReadonlyMap<SimulatedNode, LifeCaches>,
    random: SeededRandom,
    pauseMs: number,
  ) {
    this.#world = world;
    this.#data = new CachedData(world);
    this.#caches = caches;
    this.#random = random;
    this.#pauseMs = pauseMs;
    this.#writeShare = 0.01 + random.float() ** 2 * 0.2;
  }

  /** From then on nothing that was invalidated before the last fault ended is served by anybody. */
  mustSettleBy(atMs: number): void {
    this.#settledByMs = atMs;
  }

  /** Lets whoever lives read and write, from now on. */
  run(): void {
    const { lives, clock } = this.#world;
    for (const life of lives) {
      if (this.#known.has(life) || life.isForeign) continue;
      this.#known.add(life);
      this.#operate(life);
    }
    this.#data.watch();
    clock.after(WATCH_MS, () => this.run());
  }

  #operate(life: Life): void {
    const delayMs = this.#random.float() * 2 * this.#pauseMs;
    life.node.clock.after(delayMs, () => {
      if (life.state !== "running") return;
      const draw = this.#random.float();
      const key = `row:${Math.floor(this.#random.float() ** 2 * ROWS)}`;
      if (draw < this.#writeShare) this.#write(life, key);
      else this.#read(life, key);
      this.#operate(life);
    });
  }

  #write(life: Life, key: string): void {
    const { bounded, plain } = this.#caches.get(life.node)!;
    this.counts.writes++;
    void plain.invalidate(key);
    const draw = this.#random.float();
    if (draw < 0.6) void bounded.invalidate(key);
    else if (draw < 0.95) void bounded.invalidateTag(`tag of ${key}`);
    else void bounded.clear();
    this.#data.wrote(key, life);
    this.#world.tell(`${life.name} writes ${key}: ${JSON.stringify(this.#data.read(key))}`);
  }

  #read(life: Life, key: string): void {
    const { bounded, plain } = this.#caches.get(life.node)!;
    const askedAtMs = this.#world.nowMs;
    for (const cache of [bounded, plain]) {
      const found = cache.get(key);
      if (found !== undefined) {
        this.counts.served++;
        this.#check(life, cache, found, askedAtMs);
        continue;
      }
      const load = () => this.#load(life, key);
      const loaded = (row: Row | undefined) => {
        this.counts.loaded++;
        this.#check(life, cache, row!, askedAtMs);
      };
      // While a node stands still, its loaders miss their deadline.
      cache.wrap(key, load, { tags: [`tag of ${key}`] }).then(loaded, tookTooLong);
    }
  }

  #load(life: Life, key: string): Promise<Row> {
    const { promise, resolve } = Promise.withResolvers<Row>();
    // The row is read somewhere between the question and the answer.
    const ms = readingMs(this.#random);
    const untilReadMs = ms * this.#random.float();
    life.node.clock.after(untilReadMs, () => {
      const row = this.#data.read(key);
      life.node.clock.after(ms - untilReadMs, () => resolve(row));
    });
    return promise;
  }

  #check(life: Life, cache: Cache<Row>, row: Row, askedAtMs: number): void {
    // Without a bound nobody is held up until a writer is heard that may die unheard.
    const graceMs = cache.name === "bounded" ? BOUND_MS : Infinity;
    const outdated = this.#data.outdatedAtMs(row, life, graceMs);
    if (outdated === undefined) return;
    this.counts.servedOld++;
    const lateMs = askedAtMs - outdated.atMs;
    if (cache.name === "bounded" && lateMs > BOUND_MS) {
      this.#fail(life, cache, row, lateMs, outdated.by);
    }
    const isSettled = askedAtMs > this.#settledByMs &&
      outdated.atMs < this.#settledByMs - SETTLE_MS;
    if (isSettled) this.#fail(life, cache, row, lateMs, outdated.by);
  }

  #fail(life: Life, cache: Cache<Row>, row: Row, lateMs: number, by: Life): void {
    this.#world.fail(
      "8 staleness",
      `the cache "${cache.name}" of ${life.name} served version ${row.version} of ${row.key} ` +
        `${Math.round(lateMs)} ms after ${by.name} (${by.node.incarnation}) invalidated it`,
    );
  }
}

function tookTooLong(error: unknown): void {
  if (!(error instanceof DOMException) || error.name !== "TimeoutError") throw error;
}

import { LEDGER_LIMITS, type LedgerLimits } from "../../src/cluster/ledger.ts";
import { SeededRandom } from "../cluster/seeded_random.ts";
import { watchReplication } from "./durability.ts";
import { FAULTS, type FaultScene } from "./faults.ts";
import { isCounting, type Life } from "./life.ts";
import { Promises } from "./promises.ts";
import { samplesOf } from "./samples.ts";
import { Scraper } from "./scraper.ts";
import type { Violation } from "./violation.ts";
import { World } from "./world.ts";

/** What a simulation is run with; the same options give the same run. */
export interface SimulationOptions {
  readonly seed: number;
  /** The most nodes at a time, from 3 on; a world begins with at least 3 of them. */
  readonly nodes: number;
  /** The only kinds of faults there may be, of {@linkcode FAULTS}; none, as by default, for all. */
  readonly kinds?: readonly string[];
  /** Called with each thing that happens. */
  readonly tell?: (atMs: number, line: string) => void;
}

/** How a simulation went. */
export interface SimulationResult {
  readonly violation: Violation | null;
  /** Faults that came about, by kind. */
  readonly faults: ReadonlyMap<string, number>;
  readonly scrapes: Promises["counts"];
  /** How often incarnations were folded and bases joined, and how many series bases forgot. */
  readonly foldings: World["foldings"]["counts"] & { readonly forgotten: number };
  readonly virtualMs: number;
  readonly requests: number;
}

/** How long faults happen, at least and at most. */
const CHAOS_MS = [25_000, 75_000] as const;
/** How long a healed world may take until all nodes agree. */
const SETTLE_MS = 40_000;
/** No kind of fault, however many are possible, is in every world: rare meetings need quiet ones. */
const KIND_SHARE = 0.35;
/** Worlds in which bases have room for so few cells that series are forgotten. */
const FORGETTING_SHARE = 0.06;
const FORGETTING_CELLS = 16;
const FINAL_TIMEOUT_MS = 9_500;

/** Runs one world from its seed to its end, or to the first broken promise. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { seed, nodes, kinds = [], tell = () => {} } = options;
  const random = new SeededRandom(seed ^ 0x5eed);
  const operationMs = 60 + random.float() * 400;
  const world = new World({ seed, tell, operationMs, ledger: drawLimits(random.fork()) });
  const promises = new Promises(world);
  const startMs = world.nowMs;
  const endMs = startMs + CHAOS_MS[0] + random.float() * (CHAOS_MS[1] - CHAOS_MS[0]);
  const faults = new Map<string, number>();
  const isOver = () => world.violation !== null;

  const first = nodes <= 7 ? 3 + Math.floor(random.float() * (nodes - 2)) : nodes;
  for (let i = 0; i < first; i++) {
    const afterMs = random.float() < 0.8 ? 0 : random.float() * 4_000;
    world.clock.after(afterMs, () => void world.start({ name: world.freshName() }));
  }
  const scrapers = random.float() < 0.5 ? 1 : 2;
  for (let i = 0; i < scrapers; i++) {
    const pauseMs = random.float() < 0.7 ? 300 + random.float() * 2_000 : 8_000;
    new Scraper(world, promises, random.fork(), pauseMs).start();
  }
  world.clock.after(0, () => watchReplication(world));
  const scene = { world, random: random.fork(), nodesMax: Math.ceil(nodes * 1.5), endMs };
  breakThings(scene, kinds, faults);
  await world.clock.runUntil(endMs, isOver);
  if (!isOver()) world.heal();
  await world.clock.runUntil(endMs + SETTLE_MS, isOver);
  if (!isOver()) await agree(world, new Scraper(world, promises, random.fork(), 0));
  return {
    violation: world.violation,
    faults,
    scrapes: promises.counts,
    foldings: { ...world.foldings.counts, forgotten: world.forgotten },
    virtualMs: world.nowMs - startMs,
    requests: world.network.counts.requests,
  };
}

/** In most worlds gone nodes are folded so soon that it happens before faults have ended. */
function drawLimits(random: SeededRandom): LedgerLimits {
  if (random.float() < 0.3) return LEDGER_LIMITS;
  const foldAfterMs = 3_000 + random.float() ** 2 * 30_000;
  const cellsMax = random.float() < FORGETTING_SHARE ? FORGETTING_CELLS : LEDGER_LIMITS.cellsMax;
  return { ...LEDGER_LIMITS, foldAfterMs, cellsMax };
}

/** Lets faults of some kinds, or of `only` these, happen until the scene ends, counted in `faults`. */
export function breakThings(
  scene: FaultScene,
  only: readonly string[],
  faults: Map<string, number>,
): void {
  const { world, random } = scene;
  const all = Object.entries(FAULTS).filter(([kind]) => only.length === 0 || only.includes(kind));
  const some = all.filter(() => random.float() < KIND_SHARE);
  const kinds = some.length === 0 ? all : some;
  const pauseMs = 800 + random.float() * 7_000;
  const next = () => {
    if (world.isHealing) return;
    const [kind, fault] = kinds[Math.floor(random.float() * kinds.length)]!;
    if (fault(scene)) faults.set(kind, (faults.get(kind) ?? 0) + 1);
    world.clock.after(random.float() * 2 * pauseMs, next);
  };
  // Most worlds are whole before the first fault, some are not.
  world.clock.after(random.float() < 0.8 ? 6_000 : random.float() * 6_000, next);
}

/** Healed and settled, every node gives the same answer: the truth, less what crashes may cost. */
async function agree(world: World, scraper: Scraper): Promise<void> {
  const texts = new Map<Life, Map<string, number>>();
  for (const life of world.alive) {
    let isDone = false;
    scraper.scrape(life, FINAL_TIMEOUT_MS, (text) => {
      isDone = true;
      if (text !== null) texts.set(life, totalsOf(text));
      else world.fail("7 settled", `${life.name} does not answer after all faults have ended`);
    });
    await world.clock.runUntil(Infinity, () => isDone || world.violation !== null);
    if (world.violation !== null) return;
  }
  const [first] = texts;
  for (const [life, samples] of texts) {
    for (const [key, value] of first![1]) {
      if (samples.get(key) === value) continue;
      const who = `${first![0].name} and ${life.name}`;
      world.fail("7 settled", `${who} differ in ${key}: ${value} and ${samples.get(key)}`);
      return;
    }
    if (!world.forgets) checkTruth(world, life, samples);
  }
}

function checkTruth(world: World, at: Life, samples: ReadonlyMap<string, number>): void {
  for (const counted of world.counted) {
    const { incarnation, app, life, floor } = counted;
    const least = isCounting(counted) ? app.count : floor;
    const shown = samples.get(`sim_ops_total{incarnation="${incarnation}"}`) ?? 0;
    if (shown >= least) continue;
    const promise = life.state === "left" ? "3 goodbye" : life.state === "dead" ? "3 crash" : "1";
    world.fail(
      promise,
      `in the end ${at.name} shows ${shown} operations of ${life.name}, which is ${life.state} ` +
        `and of which ${least} must stay`,
    );
    return;
  }
}

/** All that must be the same on every node: everything but gauges. */
function totalsOf(text: string): Map<string, number> {
  const samples = samplesOf(text, "sim_");
  for (const key of samples.keys()) if (key.startsWith("sim_published_ms")) samples.delete(key);
  return samples;
}

import type { IncarnationId } from "../../src/cluster/identity.ts";
import type { SeededRandom } from "../cluster/seeded_random.ts";
import type { Life } from "./life.ts";
import type { Promises } from "./promises.ts";
import type { World } from "./world.ts";

const TIMEOUTS_MS: readonly number[] = [1_000, 2_000, 5_000, 9_500];
/** Scrapes that go to any process rather than to a ready one, as a balancer's that lags. */
const STRAY_SHARE = 0.1;

/** Scrapes that follow close upon another, as those of two scrapers that stand in for each other. */
const PAIRED_SHARE = 0.35;
const PAIR_MS = 50;

/** Scrapes through a balancer, one after another; several of them overlap. */
export class Scraper {
  readonly #world: World;
  readonly #promises: Promises;
  readonly #random: SeededRandom;
  readonly #pauseMs: number;
  /** The operations of each incarnation in the last answer. */
  #previous: ReadonlyMap<IncarnationId, number> = new Map();

  constructor(world: World, promises: Promises, random: SeededRandom, pauseMs: number) {
    this.#world = world;
    this.#promises = promises;
    this.#random = random;
    this.#pauseMs = pauseMs;
  }

  start(): void {
    this.#next();
  }

  /** One scrape of one node; `onEnd` gets the text, or null. */
  scrape(at: Life, timeoutMs: number, onEnd: (text: string | null) => void): void {
    const world = this.#world;
    const promises = this.#promises;
    const start = promises.begin(at, timeoutMs, this.#previous);
    let isOver = false;
    const end = (text: string | null) => {
      isOver = true;
      at.windows.delete(start.asked);
      cancel();
      onEnd(text);
    };
    // The scraper waits a little longer than what it tells the node.
    const cancel = world.clock.after(timeoutMs * 1.05, () => {
      promises.counts.late++;
      world.tell(`scrape ${at.name}: no answer within ${Math.round(timeoutMs * 1.05)} ms`);
      end(null);
    });
    at.node.clock.whenRunning(() => {
      at.node.exposition.scrape(timeoutMs).then((scraped) => {
        if (isOver) return;
        if (scraped.kind === "unavailable") {
          promises.unavailable(start, scraped.reason);
          end(null);
          return;
        }
        const decoder = new TextDecoder();
        let text = "";
        for (const chunk of scraped.answer.render()) text += decoder.decode(chunk);
        this.#previous = promises.exposed(start, text);
        end(text);
      });
    });
  }

  #next(): void {
    const isPaired = this.#random.float() < PAIRED_SHARE;
    const pauseMs = this.#random.float() * 2 * (isPaired ? PAIR_MS : this.#pauseMs);
    this.#world.clock.after(pauseMs, () => {
      const world = this.#world;
      if (world.isHealing) return;
      const isStray = this.#random.float() < STRAY_SHARE;
      const candidates = isStray ? world.alive : world.ready;
      if (candidates.length === 0) return this.#next();
      const at = candidates[Math.floor(this.#random.float() * candidates.length)]!;
      const timeoutMs = TIMEOUTS_MS[Math.floor(this.#random.float() * TIMEOUTS_MS.length)]!;
      this.scrape(at, timeoutMs, () => this.#next());
    });
  }
}

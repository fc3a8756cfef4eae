import type { SeededRandom } from "../cluster/seeded_random.ts";
import { Islands } from "./islands.ts";
import { isAlive, type Life } from "./life.ts";
import type { World } from "./world.ts";

/** What a cache holds of a row: which of its versions. */
export interface Row {
  readonly key: string;
  readonly version: number;
}

/** One write to the database, and the invalidation that its writer made at the same moment. */
interface Write {
  readonly version: number;
  readonly atMs: number;
  readonly by: Life;
  /** The number of the invalidation in its writer's log. */
  readonly position: number;
  /** Who had the invalidation, and since when it was seen there. */
  readonly heldSinceMs: Map<Life, number>;
}

/** So long after a write it is known well enough who has its invalidation. */
const WATCHED_MS = 60_000;

/** The database behind the caches of a simulated world: it alone knows what is true. */
export class CachedData {
  readonly #world: World;
  readonly #writes = new Map<string, Write[]>();
  readonly #islands: Islands;

  constructor(world: World) {
    this.#world = world;
    this.#islands = new Islands(world);
  }

  /** The newest version of a row. */
  read(key: string): Row {
    return { key, version: this.#writes.get(key)?.at(-1)?.version ?? 0 };
  }

  /** Writes a row. The writer must have added the invalidation to its log just now. */
  wrote(key: string, by: Life): void {
    const writes = this.#writes.getOrInsertComputed(key, () => []);
    writes.push({
      version: writes.length + 1,
      atMs: this.#world.nowMs,
      by,
      position: by.node.node.invalidations.position,
      heldSinceMs: new Map(),
    });
  }

  /** Looks who has which invalidations by now. */
  watch(): void {
    const { nowMs, alive } = this.#world;
    this.#islands.watch();
    for (const writes of this.#writes.values()) {
      for (let i = writes.length - 1; i >= 0; i--) {
        const { by, position, atMs, heldSinceMs } = writes[i]!;
        if (nowMs - atMs > WATCHED_MS) break;
        const { incarnation } = by.node;
        for (const life of alive) {
          if (life === by || heldSinceMs.has(life)) continue;
          if (life.node.node.invalidations.positionOf(incarnation) >= position) {
            heldSinceMs.set(life, nowMs);
          }
        }
      }
    }
  }

  /**
   * When the row was first invalidated after this version, as far as that binds the reader: the write
   * itself, or later when its writer joined later. Of a writer that died within `graceMs` it binds once
   * somebody who lives has it; it is undefined where nobody does, as if the writer had died before.
   */
  outdatedAtMs(
    { key, version }: Row,
    reader: Life,
    graceMs: number,
  ): { atMs: number; by: Life } | undefined {
    let first: { atMs: number; by: Life } | undefined;
    for (const write of this.#writes.get(key)?.slice(version) ?? []) {
      const atMs = this.#boundSinceMs(write, reader, graceMs);
      if (first === undefined || atMs < first.atMs) first = { atMs, by: write.by };
    }
    return first !== undefined && first.atMs < Infinity ? first : undefined;
  }

  #boundSinceMs({ atMs, by, heldSinceMs }: Write, reader: Life, graceMs: number): number {
    const joinedMs = Math.max(atMs, this.#islands.metAtMs(by, reader));
    if (isAlive(by) || by.endedAtMs > joinedMs + graceMs) return joinedMs;
    const held = [...heldSinceMs].filter(([life]) => isAlive(life))
      .map(([life, sinceMs]) => Math.max(sinceMs, this.#islands.metAtMs(life, reader)));
    return Math.min(Infinity, ...held);
  }
}

/** How long reading the database takes: mostly little, now and then very long. */
export function readingMs(random: SeededRandom): number {
  const draw = random.float();
  return draw < 0.9 ? draw * 50 : random.float() * 9_000;
}

import type { IncarnationId } from "../../src/cluster/identity.ts";
import type { Asked, Life } from "./life.ts";
import type { Shown } from "./monotone.ts";
import { samplesOf } from "./samples.ts";

/** What is known of a scrape when it begins. */
export interface ScrapeStart {
  readonly at: Life;
  readonly startMs: number;
  readonly timeoutMs: number;
  /** What the scraper was shown last. */
  readonly previous: ReadonlyMap<IncarnationId, number>;
  /** The most operations of each incarnation that any answer before has shown. */
  readonly shown: ReadonlyMap<IncarnationId, number>;
  /** Who held what, by the holder's incarnation. */
  readonly held: ReadonlyMap<IncarnationId, ReadonlyMap<IncarnationId, number>>;
  readonly asked: Asked[];
  /** Whom the scraped node held for a member. */
  readonly members: ReadonlySet<IncarnationId>;
  /** What each node had shown last. */
  readonly shownBy: ReadonlyMap<Life, Shown>;
  /** How many events the scraped node had seen. */
  readonly eventCount: number;
}

/**
 * The incarnations that answered, the scraped one included, for each gathering that the scrape may
 * have been answered with: several may be under way at once. All owners are asked at one moment.
 */
export function gatheringsOf(
  { at, asked }: ScrapeStart,
  text: string,
): ReadonlySet<IncarnationId>[] {
  const byTime = new Map<number, Set<IncarnationId>>();
  for (const { kind, by, sentAtMs } of asked) {
    if (kind !== "own") continue;
    let answered = byTime.get(sentAtMs);
    if (answered === undefined) {
      byTime.set(sentAtMs, answered = new Set([at.counted.incarnation]));
    }
    if (by !== null) answered.add(by);
  }
  const count = samplesOf(text, "muster_gather_answered").get("muster_gather_answered");
  // Who gave its own shard, but not all else that was asked of it, is not counted.
  const gatherings = [...byTime.values()].filter(({ size }) => size >= count!);
  // One that knew nobody asked nobody.
  return count === 1 ? [...gatherings, new Set([at.counted.incarnation])] : gatherings;
}

import type { IncarnationId } from "../../src/cluster/identity.ts";
import { isGone } from "../../src/cluster/member.ts";
import { mismatch, operationsIn, type Part } from "./expected.ts";
import { type Asked, heldBy, isAlive, type Life } from "./life.ts";
import { fallOf, type Shown } from "./monotone.ts";
import { samplesOf } from "./samples.ts";
import { gatheringsOf, type ScrapeStart } from "./scrape_start.ts";
import { PREFIX } from "./app.ts";
import type { World } from "./world.ts";

/** How old a shown gauge may be whose owner does not answer. */
const GAUGE_MS_MAX = 3_000;
/** For so long after its death a node counts as the one that may be missing. */
const MISSED_MS = 40_000;
/** Members up to which all that is shown is held by half of them. */
const ALL_HELD_MEMBERS_MAX = 16;

/** Checks each answer against the truth and against the answers before it. */
export class Promises {
  readonly #world: World;
  readonly #shown = new Map<IncarnationId, number>();
  /** What each node has shown last. */
  readonly #shownBy = new Map<Life, Shown>();
  /** What happened, for the report. Resets are answers below the one before of the same scraper. */
  readonly counts = { exposed: 0, unavailable: 0, late: 0, resetsLost: 0, resetsOutOfReach: 0 };

  constructor(world: World) {
    this.#world = world;
  }

  /** To be called when a scrape is about to be sent. */
  begin(
    at: Life,
    timeoutMs: number,
    previous: ReadonlyMap<IncarnationId, number>,
  ): ScrapeStart {
    const world = this.#world;
    const held = new Map<IncarnationId, ReadonlyMap<IncarnationId, number>>();
    for (const life of world.alive) {
      const of = new Map<IncarnationId, number>();
      for (const incarnation of this.#shown.keys()) {
        of.set(incarnation, heldBy(life, world.byIncarnation.get(incarnation)!));
      }
      held.set(life.counted.incarnation, of);
    }
    const asked: Asked[] = [];
    at.windows.add(asked);
    const members = new Set(
      at.node.node.state.roster.members.filter(({ status }) => !isGone(status))
        .map(({ identity }) => identity.incarnation),
    );
    const startMs = world.nowMs;
    const eventCount = at.node.events.length;
    const shown = new Map(this.#shown);
    const shownBy = new Map(this.#shownBy);
    return { at, startMs, timeoutMs, previous, shown, shownBy, held, asked, members, eventCount };
  }

  /** A scrape got no metrics. */
  unavailable(start: ScrapeStart, reason: string): void {
    this.counts.unavailable++;
    this.#world.tell(`scrape ${start.at.name}: 503 ${reason}`);
    this.#checkAvailability(start, reason);
  }

  /** A scrape got metrics; gives the operations that they show. */
  exposed(start: ScrapeStart, text: string): ReadonlyMap<IncarnationId, number> {
    this.counts.exposed++;
    const world = this.#world;
    const samples = samplesOf(text, PREFIX);
    const operations = operationsIn(samples);
    const parts: Part[] = [];
    for (const [incarnation, count] of operations) {
      const counted = world.byIncarnation.get(incarnation);
      if (counted === undefined || counted.life.isForeign || count > counted.app.count) {
        world.fail(
          "2 truth",
          `${start.at.name} shows ${count} operations of ${incarnation}, which ` +
            (counted === undefined
              ? "never was"
              : counted.life.isForeign
              ? "is foreign"
              : "had fewer"),
        );
        return operations;
      }
      parts.push({ app: counted.app, operations: count });
    }
    const shown = parts.map(({ app, operations }) =>
      `${world.byIncarnation.get(app.incarnation)!.life.name}=${operations}`
    );
    world.tell(`scrape ${start.at.name}: 200 ${shown.join(" ")}`);
    const gatherings = gatheringsOf(start, text);
    this.#checkGauges(start, samples);
    this.#checkFreshness(start);
    this.#checkQuorum(start, gatherings);
    // What was forgotten is missing in all that follows, and nobody can say of how much.
    if (world.forgets) return operations;
    const problem = mismatch(samples, parts, world.foldings.haveDiverged);
    if (problem !== null) world.fail("2 exact", `${start.at.name} shows a wrong sum: ${problem}`);
    this.#checkFalls(start, operations, gatherings);
    this.#countResets(start, operations);
    this.#checkTotals(start, { operations, samples }, gatherings);
    this.#checkInheritance(start, operations);
    this.#checkWriteBack(start, operations, gatherings);
    for (const [incarnation, count] of operations) {
      this.#shown.set(incarnation, Math.max(count, this.#shown.get(incarnation) ?? 0));
    }
    return operations;
  }

  #checkFalls(
    start: ScrapeStart,
    operations: ReadonlyMap<IncarnationId, number>,
    gatherings: readonly ReadonlySet<IncarnationId>[],
  ): void {
    const world = this.#world;
    for (const [incarnation, before] of start.shown) {
      const now = operations.get(incarnation) ?? 0;
      if (now >= before) continue;
      const holders = gatherings.map((answered) =>
        [...answered].find((by) => (start.held.get(by)?.get(incarnation) ?? 0) >= before)
      );
      const [holder] = holders;
      if (holders.includes(undefined)) {
        const of = world.byIncarnation.get(incarnation)!;
        world.tell(`${start.at.name} shows less of ${of.life.name}: ${now} after ${before}`);
        continue;
      }
      const [of, by] = [incarnation, holder].map((id) => world.byIncarnation.get(id!)!.life.name);
      world.fail(
        "1 falls",
        `${start.at.name} shows ${now} operations of ${of} (${incarnation}), though ${before} were ` +
          `shown before and ${by}, which answered, held them when the scrape came`,
      );
    }
  }

  /** What Prometheus would take for a reset: nobody who answered held what was shown before. */
  #countResets({ previous }: ScrapeStart, operations: ReadonlyMap<IncarnationId, number>): void {
    const fallen = [...previous].filter(([incarnation, count]) =>
      (operations.get(incarnation) ?? 0) < count
    );
    if (fallen.length === 0) return;
    const world = this.#world;
    const isSomewhere = fallen.every(([incarnation, count]) =>
      world.heldAnywhere(world.byIncarnation.get(incarnation)!) >= count
    );
    this.counts[isSomewhere ? "resetsOutOfReach" : "resetsLost"]++;
  }

  /** No total is below what any node that answers has shown before, however it came about. */
  #checkTotals(
    start: ScrapeStart,
    shown: Shown,
    gatherings: readonly ReadonlySet<IncarnationId>[],
  ): void {
    for (const [life, before] of start.shownBy) {
      const { incarnation } = life.counted;
      if (!gatherings.every((answered) => answered.has(incarnation))) continue;
      const fall = fallOf(before, shown);
      if (fall === null) continue;
      this.#world.fail(
        "1 falls",
        `${start.at.name} shows less than ${life.name} did, which answered: ${fall}`,
      );
      return;
    }
    this.#shownBy.set(start.at, shown);
  }

  /** Who is new shows nothing until it holds what every complete node held when it began. */
  #checkInheritance(start: ScrapeStart, operations: ReadonlyMap<IncarnationId, number>): void {
    const { at } = start;
    if (
      !at.elders.some(({ state }) => state === "running") ||
      this.#world.dns.disturbedAtMs >= at.startedAtMs
    ) return;
    for (const [incarnation, least] of at.inheritance) {
      const now = operations.get(incarnation) ?? 0;
      if (now >= least) continue;
      const { name } = this.#world.byIncarnation.get(incarnation)!.life;
      this.#world.fail(
        "1 newcomer",
        `${at.name} shows ${now} operations of ${name}, though every complete node held ${least} ` +
          `when it began`,
      );
      return;
    }
  }

  #checkGauges(start: ScrapeStart, samples: ReadonlyMap<string, number>): void {
    const world = this.#world;
    let count = 0;
    for (const [key, publishedMs] of samples) {
      if (!key.startsWith("sim_published_ms{")) continue;
      count++;
      const ageMs = world.nowMs - publishedMs;
      const tookMs = world.nowMs - start.startMs;
      if (ageMs <= GAUGE_MS_MAX + tookMs) continue;
      world.fail(
        "4 gauge",
        `${start.at.name} shows the gauge ${key} of ${Math.round(ageMs)} ms ago, in a scrape of ` +
          `${Math.round(tookMs)} ms`,
      );
    }
    const shown = samples.get("sim_alive") ?? 0;
    // Two lives of one name have one series of the one gauge, and both count in the other.
    if (shown < count) {
      world.fail("2 exact", `sim_alive is ${shown} and should be ${count} or more`);
    }
  }

  #checkFreshness({ at, asked, startMs }: ScrapeStart): void {
    if (asked.some(({ kind }) => kind === "own") || at.node.node.targets().length === 0) return;
    this.#world.fail(
      "1 shared",
      `${at.name} answered with a gathering that began before the scrape came ` +
        `${Math.round(this.#world.nowMs - startMs)} ms ago: it asked nobody`,
    );
  }

  #checkQuorum(
    start: ScrapeStart,
    gatherings: readonly ReadonlySet<IncarnationId>[],
  ): void {
    const sentences = gatherings.map((answered) => this.#quorumProblem(start, answered));
    if (sentences.every((sentence) => sentence !== null)) {
      this.#world.fail("6 refusal", sentences[0]!);
    }
  }

  #quorumProblem(start: ScrapeStart, answered: ReadonlySet<IncarnationId>): string | null {
    const { roster } = start.at.node.node.state;
    // Who was gone for a moment may be back by now.
    const wasGone = new Set(
      start.at.node.events.slice(start.eventCount)
        .filter(({ kind }) => kind === "left" || kind === "lost" || kind === "replaced")
        .map(({ incarnation }) => incarnation),
    );
    const members = this.#world.lives.filter((life) => {
      const { incarnation } = life.counted;
      if (life.isForeign) return false;
      // Who answered was a member, whatever became of it. Who began or came back meanwhile need not
      // have been, and neither who died before it could.
      if (answered.has(incarnation)) return true;
      if (wasGone.has(incarnation) || !start.members.has(incarnation)) return false;
      if (!isAlive(life)) return false;
      const member = roster.member(incarnation);
      return member !== undefined && !isGone(member.status) && member.status !== "joining";
    });
    const present = members.filter((life) => answered.has(life.counted.incarnation)).length;
    return 2 * present >= members.length
      ? null
      : `${start.at.name} answered though only ${present} of ${members.length} members did`;
  }

  #checkWriteBack(
    start: ScrapeStart,
    operations: ReadonlyMap<IncarnationId, number>,
    gatherings: readonly ReadonlySet<IncarnationId>[],
  ): void {
    const world = this.#world;
    const { at } = start;
    // Who answered and ended before it could be given anything is not waited for.
    const peers =
      [...gatherings[0]!].filter((incarnation) =>
        isAlive(world.byIncarnation.get(incarnation)!.life)
      ).length - 1;
    const { roster } = at.node.node.state;
    const members = roster.members.filter(({ status }) => !isGone(status)).length;
    for (const [incarnation, count] of operations) {
      const of = world.byIncarnation.get(incarnation)!;
      const isOwn = of === at.counted;
      if (!isOwn && members > ALL_HELD_MEMBERS_MAX) continue;
      // A holder that crashed since it confirmed still did.
      const holders = world.lives.filter((life) =>
        life !== at && !life.isForeign && life.endedAtMs > start.startMs &&
        heldBy(life, of) >= count
      ).length;
      const others = peers > 1 ? 1 : 0;
      const needed = Math.min(peers, isOwn ? Math.max(2, others) : others);
      if (holders >= needed || count === 0) {
        continue;
      }
      world.fail(
        "1 write-back",
        `${at.name} shows ${count} operations of ${of.life.name}, which ${holders} others hold and ` +
          `${needed} must`,
      );
    }
  }

  /** One slow or dead peer never fails a scrape. */
  #checkAvailability({ at, startMs, timeoutMs }: ScrapeStart, reason: string): void {
    const world = this.#world;
    if (at.state !== "running" || timeoutMs < 1_000 || !world.isCalm(at, startMs)) return;
    if (world.dns.disturbedAtMs > startMs - 30_000) return;
    // A cluster that starts for the first time waits for a word of everybody who is listed.
    if (world.complete.length === 0) return;
    const ill = world.lives.filter((life) =>
      isAlive(life)
        ? life.isForeign || life.state === "leaving" || !world.isCalm(life, startMs)
        : life.endedAtMs > world.nowMs - MISSED_MS
    );
    const calm = world.alive.length - ill.filter((life) => world.alive.includes(life)).length;
    if (ill.length > 1 || calm < 2) return;
    world.fail(
      "5 available",
      `${at.name} answered 503, though ${ill[0]?.name ?? "nobody"} alone was ill: ${reason}`,
    );
  }
}

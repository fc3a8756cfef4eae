import type { IncarnationId } from "../../src/cluster/identity.ts";
import { isGone } from "../../src/cluster/member.ts";
import { mismatch, operationsIn, type Part } from "./expected.ts";
import { type Asked, heldBy, isAlive, type Life } from "./life.ts";
import { samplesOf } from "./samples.ts";
import { PREFIX } from "./app.ts";
import type { World } from "./world.ts";

/** The promises that are checked beyond those that hold without further work. */
export interface Expectations {
  /** Too few answers are refused with 503. */
  readonly refusal: boolean;
  /** A copy that an answer names and nobody gives makes the scrape fail. */
  readonly namedCopies: boolean;
  /** Nothing is shown that only the answerer holds, where more than one peer answered. */
  readonly writeBack: boolean;
  /** Up to 16 members, more than half of them hold what is shown: any two such sets meet. */
  readonly majorityHolds: boolean;
  /** A copy's age counts how long it took to come, and how long its reader stood still. */
  readonly exactAges: boolean;
}

/** More than the code keeps today. That a majority holds what is shown is more than was promised. */
export const STRICT_EXPECTATIONS: Expectations = {
  refusal: true,
  namedCopies: true,
  writeBack: true,
  majorityHolds: false,
  exactAges: true,
};

/** What the code keeps today. */
export const PRESENT_EXPECTATIONS: Expectations = {
  refusal: true,
  namedCopies: true,
  writeBack: true,
  majorityHolds: false,
  exactAges: false,
};

/** What is known of a scrape when it begins. */
export interface ScrapeStart {
  readonly at: Life;
  readonly startMs: number;
  readonly timeoutMs: number;
  /** The most operations of each incarnation that any answer before has shown. */
  readonly shown: ReadonlyMap<IncarnationId, number>;
  /** Who held what, by the holder's incarnation. */
  readonly held: ReadonlyMap<IncarnationId, ReadonlyMap<IncarnationId, number>>;
  readonly asked: Asked[];
  /** Whom the scraped node held for a member. */
  readonly members: ReadonlySet<IncarnationId>;
}

/** How old a shown gauge may be whose owner does not answer. */
const GAUGE_MS_MAX = 3_000;
/** A gauge is that much older than its copy at most: the way of the answer that brought it. */
const GAUGE_TOLERANCE_MS = 600;
/** What several hops over slow links may take. */
const ON_THE_WAY_MS_MAX = 8_000;
/** For so long after its death a node counts as the one that may be missing. */
const MISSED_MS = 40_000;
/** Members up to which all that is shown is held by half of them. */
const ALL_HELD_MEMBERS_MAX = 16;

/** Checks each answer against the truth and against the answers before it. */
export class Promises {
  readonly #world: World;
  readonly #expect: Expectations;
  readonly #shown = new Map<IncarnationId, number>();
  /** What happened, for the report. */
  readonly counts = { exposed: 0, unavailable: 0, late: 0, outOfReach: 0, lost: 0 };

  constructor(world: World, expect: Expectations) {
    this.#world = world;
    this.#expect = expect;
  }

  /** To be called when a scrape is about to be sent. */
  begin(at: Life, timeoutMs: number): ScrapeStart {
    const world = this.#world;
    const held = new Map<IncarnationId, ReadonlyMap<IncarnationId, number>>();
    for (const life of world.alive) {
      const of = new Map<IncarnationId, number>();
      for (const incarnation of this.#shown.keys()) {
        of.set(incarnation, heldBy(life, world.byIncarnation.get(incarnation)!));
      }
      held.set(life.node.incarnation, of);
    }
    const asked: Asked[] = [];
    at.windows.add(asked);
    const members = new Set(
      at.node.node.state.roster.members.filter(({ status }) => !isGone(status))
        .map(({ identity }) => identity.incarnation),
    );
    const startMs = world.nowMs;
    return { at, startMs, timeoutMs, shown: new Map(this.#shown), held, asked, members };
  }

  /** A scrape got no metrics. */
  unavailable(start: ScrapeStart, reason: string): void {
    this.counts.unavailable++;
    this.#world.tell(`scrape ${start.at.name}: 503 ${reason}`);
    this.#checkAvailability(start, reason);
  }

  /** A scrape got metrics. */
  exposed(start: ScrapeStart, text: string): void {
    this.counts.exposed++;
    const world = this.#world;
    const samples = samplesOf(text, PREFIX);
    const operations = operationsIn(samples);
    const parts: Part[] = [];
    for (const [incarnation, count] of operations) {
      const life = world.byIncarnation.get(incarnation);
      if (life === undefined || life.isForeign || count > life.app.count) {
        world.fail(
          "2 truth",
          `${start.at.name} shows ${count} operations of ${incarnation}, which ` +
            (life === undefined ? "never was" : life.isForeign ? "is foreign" : "had fewer"),
        );
        return;
      }
      parts.push({ app: life.app, operations: count });
    }
    const shown = parts.map(({ app, operations }) =>
      `${world.byIncarnation.get(app.incarnation)!.name}=${operations}`
    );
    world.tell(`scrape ${start.at.name}: 200 ${shown.join(" ")}`);
    const problem = mismatch(samples, parts);
    if (problem !== null) world.fail("2 exact", `${start.at.name} shows a wrong sum: ${problem}`);
    this.#checkFalls(start, operations);
    this.#checkInheritance(start, operations);
    this.#checkGauges(start, samples);
    this.#checkFreshness(start);
    if (this.#expect.refusal) this.#checkQuorum(start);
    if (this.#expect.writeBack) this.#checkWriteBack(start, operations);
    for (const [incarnation, count] of operations) {
      this.#shown.set(incarnation, Math.max(count, this.#shown.get(incarnation) ?? 0));
    }
  }

  /**
   * The incarnations that answered the scrape, the scraped one included. All owners are asked at one
   * moment; a scrape that waited may have seen other gatherings before and after its own.
   */
  #answered({ at, asked }: ScrapeStart): Set<IncarnationId> {
    const isOwn = ({ kind, sentAtMs }: Asked) => kind === "own" && sentAtMs < this.#world.nowMs;
    const askedAtMs = Math.max(...asked.filter(isOwn).map(({ sentAtMs }) => sentAtMs));
    const answered = new Set([at.node.incarnation]);
    for (const { kind, by, sentAtMs } of asked) {
      if (kind === "own" && by !== null && sentAtMs === askedAtMs) answered.add(by);
    }
    return answered;
  }

  #checkFalls(start: ScrapeStart, operations: ReadonlyMap<IncarnationId, number>): void {
    const world = this.#world;
    let answered: Set<IncarnationId> | null = null;
    for (const [incarnation, before] of start.shown) {
      const now = operations.get(incarnation) ?? 0;
      if (now >= before) continue;
      answered ??= this.#answered(start);
      const holder = [...answered].find((by) =>
        (start.held.get(by)?.get(incarnation) ?? 0) >= before
      );
      const couldNotFetch = !this.#expect.namedCopies &&
        start.asked.some(({ kind, hasFailed }) => kind === "listed" && hasFailed);
      if (holder === undefined || couldNotFetch) {
        const of = world.byIncarnation.get(incarnation)!;
        const isSomewhere = world.heldAnywhere(of) >= before;
        this.counts[isSomewhere ? "outOfReach" : "lost"]++;
        world.tell(`${start.at.name} shows less of ${of.name}: ${now} after ${before}`);
        continue;
      }
      const [of, by] = [incarnation, holder].map((id) => world.byIncarnation.get(id!)!.name);
      world.fail(
        "1 falls",
        `${start.at.name} shows ${now} operations of ${of} (${incarnation}), though ${before} were ` +
          `shown before and ${by}, which answered, held them when the scrape came`,
      );
    }
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
      const { name } = this.#world.byIncarnation.get(incarnation)!;
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
    const isCalm = world.alive.every((life) => life.faultyUntilMs <= start.startMs);
    let count = 0;
    for (const [key, publishedMs] of samples) {
      if (!key.startsWith("sim_published_ms{")) continue;
      count++;
      const ageMs = world.nowMs - publishedMs;
      const tookMs = world.nowMs - start.startMs;
      if (ageMs <= GAUGE_MS_MAX + GAUGE_TOLERANCE_MS + tookMs) continue;
      if (!isCalm && !this.#expect.exactAges) {
        // The time on the way is not counted, and neither is that of who stood still on it.
        const hasStopped = world.alive.some((life) => life.stoppedUntilMs >= publishedMs);
        if (hasStopped || ageMs <= GAUGE_MS_MAX + ON_THE_WAY_MS_MAX + tookMs) continue;
      }
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

  #checkQuorum(start: ScrapeStart): void {
    const { roster } = start.at.node.node.state;
    const answered = this.#answered(start);
    // Who began, or came back, meanwhile was not there to be asked.
    const members = this.#world.alive.filter((life) => {
      if (!start.members.has(life.node.incarnation)) return false;
      const member = roster.member(life.node.incarnation);
      return member !== undefined && !isGone(member.status) && member.status !== "joining";
    });
    const present = members.filter((life) => answered.has(life.node.incarnation)).length;
    if (2 * present >= members.length) return;
    this.#world.fail(
      "6 refusal",
      `${start.at.name} answered though only ${present} of ${members.length} members did`,
    );
  }

  #checkWriteBack(start: ScrapeStart, operations: ReadonlyMap<IncarnationId, number>): void {
    const world = this.#world;
    const { at } = start;
    const peers = this.#answered(start).size - 1;
    const { roster } = at.node.node.state;
    const members = roster.members.filter(({ status }) => !isGone(status)).length;
    for (const [incarnation, count] of operations) {
      const of = world.byIncarnation.get(incarnation)!;
      const isOwn = of === at;
      if (!isOwn && members > ALL_HELD_MEMBERS_MAX) continue;
      // A holder that crashed since it confirmed still did.
      const holders = world.lives.filter((life) =>
        life !== at && !life.isForeign && life.endedAtMs > start.startMs &&
        heldBy(life, of) >= count
      ).length;
      const others = this.#expect.majorityHolds ? Math.floor(members / 2) : peers > 1 ? 1 : 0;
      const needed = Math.min(peers, isOwn ? Math.max(2, others) : others);
      if (holders >= needed || count === 0) {
        continue;
      }
      world.fail(
        "1 write-back",
        `${at.name} shows ${count} operations of ${of.name}, which ${holders} others hold and ` +
          `${needed} must`,
      );
    }
  }

  /** One slow or dead peer never fails a scrape. */
  #checkAvailability({ at, asked, startMs, timeoutMs }: ScrapeStart, reason: string): void {
    const world = this.#world;
    // Behind a gathering with more time, one with little may have none left when its turn comes.
    if (!asked.some(({ kind, sentAtMs }) => kind === "own" && sentAtMs <= startMs + 1)) return;
    if (at.state !== "running" || timeoutMs < 1_000 || !world.isCalm(at, startMs)) return;
    if (world.dns.disturbedAtMs > startMs - 30_000) return;
    const ill = world.lives.filter((life) =>
      isAlive(life) ? life.isForeign || !world.isCalm(life, startMs) : life.endedAtMs >
        world.nowMs - MISSED_MS
    );
    const calm = world.alive.length - ill.filter((life) => world.alive.includes(life)).length;
    if (ill.length > 1 || calm < 2) return;
    world.fail(
      "5 available",
      `${at.name} answered 503, though ${ill[0]?.name ?? "nobody"} alone was ill: ${reason}`,
    );
  }
}

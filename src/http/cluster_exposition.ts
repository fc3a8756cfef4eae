import type { ClusterMetrics } from "../cluster/cluster_metrics.ts";
import type { ClusterNode } from "../cluster/cluster_node.ts";
import { contributionsOf } from "../cluster/contributions.ts";
import { gather, type Gathering } from "../cluster/gathering.ts";
import { newcomersReason, refusalOf } from "../cluster/refusal.ts";
import { SharedRun } from "../cluster/shared_run.ts";
import { votersOf } from "../cluster/voters.ts";
import { claimsOf, foldedClaimsOf, halfOf, writeBack } from "../cluster/write_back.ts";
import { ExpositionRenderer } from "../exposition/renderer.ts";
import type { RenderSource } from "../exposition/render_source.ts";
import type { Contribution, MergedShard } from "../metrics/merge/contribution.ts";
import { Merger } from "../metrics/merge/merger.ts";
import type { MetricChanges } from "../metrics/metric_options.ts";
import { gatheringFamilies } from "./gathering_families.ts";
import { heldSource } from "./held_source.ts";
import { type ExemplarOwner, MergedExemplars } from "./merged_exemplars.ts";
import { Pacer } from "./pacer.ts";
import { ScrapeAnswer } from "./scrape_answer.ts";

/** A step of a merge through so many cells takes a millisecond or more. */
const LONG_STEP_CELLS = 250_000;
/** How long a scraper may take to read an answer. */
const READ_MS_MAX = 60_000;

/** What a scrape got. */
export type Scraped =
  | { readonly kind: "exposed"; readonly answer: ScrapeAnswer }
  | { readonly kind: "unavailable"; readonly reason: string };

/** How metrics are exposed. */
export interface ExpositionOptions {
  /** Whether OpenMetrics has `_created` samples. Default: false. */
  readonly hasCreated?: boolean;
  /** What is changed of the families that only an answer can know. Default: nothing. */
  readonly metricChanges?: MetricChanges;
  /** Called for each merged answer that is shown. */
  readonly onShown?: () => void;
}

/** The exposition of the whole cluster, as any of its nodes gives it, and of this node alone. */
export class ClusterExposition {
  readonly #node: ClusterNode;
  readonly #metrics: ClusterMetrics;
  readonly #merger = new Merger();
  readonly #exemplars = new MergedExemplars();
  readonly #renderer: ExpositionRenderer;
  readonly #metricChanges: MetricChanges;
  readonly #onShown: () => void;
  readonly #pacer: Pacer;
  /** Settles when the last merge that was begun is over. */
  #merging: Promise<unknown> = Promise.resolve();
  readonly #shared: SharedRun<Scraped> = new SharedRun((deadlineMs) => this.#produce(deadlineMs));

  constructor(node: ClusterNode, metrics: ClusterMetrics, options: ExpositionOptions = {}) {
    this.#node = node;
    this.#metrics = metrics;
    this.#renderer = new ExpositionRenderer(options.hasCreated ?? false);
    this.#metricChanges = options.metricChanges ?? {};
    this.#onShown = options.onShown ?? (() => {});
    this.#pacer = new Pacer(node.clock);
  }

  /**
   * Gathers and merges. Scrapes that arrive at the same time share the work, and what is sent to those
   * that want the same is rendered once.
   */
  async scrape(timeoutMs: number): Promise<Scraped> {
    const { clock } = this.#node;
    const startMs = clock.nowMs();
    const scraped = await this.#shared.join(startMs + timeoutMs);
    this.#metrics.scrapes.inc({ outcome: scraped.kind });
    this.#metrics.scrapeDuration.observe((clock.nowMs() - startMs) / 1000);
    return scraped;
  }

  /** This node's own metrics, as they are now. */
  async own(): Promise<Scraped> {
    this.#node.publish();
    const held = await heldSource(this.#node.state.own, this.#pacer);
    return { kind: "exposed", answer: this.#answer([held]) };
  }

  async #produce(deadlineMs: number): Promise<Scraped> {
    const node = this.#node;
    if (!node.exchange.isComplete) return { kind: "unavailable", reason: newcomersReason(node) };
    const startMs = node.clock.nowMs();
    const gathering = await gather(node, deadlineMs);
    this.#metrics.gatherDuration.observe((node.clock.nowMs() - startMs) / 1000);
    this.#metrics.gatherFailures.inc(gathering.failures.length);
    const voters = votersOf(node, gathering);
    const refusal = refusalOf(node, voters, gathering);
    if (refusal !== null) return { kind: "unavailable", reason: refusal };
    // Gatherings may overlap, and there is one merger.
    const merging = this.#merging.then(() => this.#mergedOf(gathering));
    this.#merging = merging.catch(() => {});
    const merged = await merging;
    if (merged === null) {
      return {
        kind: "unavailable",
        reason: "Cannot answer for the cluster: this node has just begun a new life.",
      };
    }
    const { values, seqs, conflicts } = merged;
    node.noteConflicts(conflicts);
    const { peers } = gathering;
    const claims = [
      ...claimsOf(node.state.self.incarnation, seqs, voters.length, peers.length),
      ...foldedClaimsOf(node, peers, Math.min(halfOf(voters.length), peers.length)),
    ];
    const unheld = await writeBack(node, claims, peers, deadlineMs);
    if (unheld !== null) {
      return { kind: "unavailable", reason: `Cannot answer for the cluster: ${unheld}.` };
    }
    // A process that was stopped and woke up would show a moment that is long gone.
    if (node.clock.nowMs() > deadlineMs) {
      return {
        kind: "unavailable",
        reason: "Cannot answer for the cluster: gathering took longer than the scraper waits.",
      };
    }
    // The later source's families win where the app has some of the same names.
    const known = gatheringFamilies(node, gathering, conflicts, this.#metricChanges);
    const answer = this.#answer([values, known]);
    this.#onShown();
    return { kind: "exposed", answer };
  }

  /**
   * What a gathering shows, held: the next merge overwrites this one, perhaps before it was sent. Null
   * if this node began a new life since the gathering did.
   */
  async #mergedOf({ own, answered }: Gathering): Promise<
    {
      readonly values: RenderSource;
      readonly seqs: MergedShard["seqs"];
      readonly conflicts: MergedShard["conflicts"];
    } | null
  > {
    const { state } = this.#node;
    await this.#pacer.pause();
    if (!answered.has(state.self.incarnation)) return null;
    const contributions = contributionsOf(state, answered, this.#node.awakeMs(), own);
    const startMs = this.#node.clock.nowMs();
    const merged = await this.#merge(contributions);
    this.#metrics.mergeDuration.observe((this.#node.clock.nowMs() - startMs) / 1000);
    const { seqs, conflicts } = merged;
    await this.#pacer.pause();
    const values = await heldSource(merged, this.#pacer);
    const exemplars = await this.#exemplars.of(this.#owners(answered), values.layout, this.#pacer);
    return { values: { ...values, exemplars }, seqs, conflicts };
  }

  /** Those whose exemplars are known: this node, and who answered. */
  #owners(answered: ReadonlySet<string>): readonly ExemplarOwner[] {
    const { state, exemplars } = this.#node;
    const others = [...answered].flatMap((incarnation) => {
      const layout = state.replicas.get(incarnation)?.layout;
      const told = exemplars.of(incarnation);
      return layout === undefined || told === undefined ? [] : [{ layout, exemplars: told }];
    });
    return [state.own, ...others];
  }

  async #merge(contributions: readonly Contribution[]): Promise<MergedShard> {
    const steps = this.#merger.mergeInSteps(contributions);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      const isLong = step.value >= LONG_STEP_CELLS;
      const pause = isLong ? this.#pacer.pause() : this.#pacer.turn();
      if (pause !== null) await pause;
    }
  }

  #answer(sources: readonly RenderSource[]): ScrapeAnswer {
    return new ScrapeAnswer({
      renderer: this.#renderer,
      sources,
      clock: this.#node.clock,
      pacer: this.#pacer,
      readMsMax: READ_MS_MAX,
    });
  }
}

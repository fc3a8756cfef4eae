import type { ClusterNode } from "../cluster/cluster_node.ts";
import { contributionsOf } from "../cluster/contributions.ts";
import { gather, type Gathering } from "../cluster/gathering.ts";
import type { MemberStatus } from "../cluster/member.ts";
import { newcomersReason, refusalOf } from "../cluster/refusal.ts";
import { SharedRun } from "../cluster/shared_run.ts";
import { votersOf } from "../cluster/voters.ts";
import type { MergeMode, MetricType } from "../metrics/family.ts";
import type { Contribution } from "../metrics/merge/contribution.ts";
import { decide } from "../metrics/merge/decisions.ts";
import { explain, type ExplainedPart, type ExplainedSeries } from "../metrics/merge/explanation.ts";
import type { ExplainQuery } from "./explain_query.ts";
import { unknownReason } from "./explain_unknown.ts";
import { hasLabels, jsonNumber, type SampleForm, sampleFormsFor } from "./explained_samples.ts";

/** Series that one answer explains. */
const SERIES_MAX = 100;
/** Values of parts in one answer. */
const VALUES_MAX = 50_000;

/** What one incarnation gives to a sample, or all together that were folded. */
export interface PartJson {
  readonly node: string;
  readonly incarnation: string;
  /** What the node that answers holds it for; `folded` for the sum of who is long gone. */
  readonly state: MemberStatus | "folded";
  /** How many incarnations it is of: 1, or all that were folded. */
  readonly incarnations: number;
  /** Text for what is not finite, as it is exposed. */
  readonly value: number | string;
  /** The version of its shard; null for what was folded. */
  readonly seq: number | null;
  /** Milliseconds since this copy of it was as new as its owner; null for what was folded. */
  readonly ageMs: number | null;
  /** Whether it is in the sample's value. */
  readonly counted: boolean;
}

/** A sample as `/metrics` shows it, and what it is made of. */
export interface SampleJson {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly type: MetricType;
  /** How parts become the value; `add` and `sum` are exact and rounded once. */
  readonly merge: MergeMode;
  /** False where `/metrics` leaves it out: hidden, or no part is counted. */
  readonly shown: boolean;
  readonly value: number | string;
  readonly parts: readonly PartJson[];
}

/** The answer to `GET /cluster/explain`. */
export interface ExplanationJson {
  /** Whose view this is. */
  readonly self: { readonly id: string; readonly incarnation: string; readonly cluster: string };
  readonly atMs: number;
  /** Why `/metrics` would be 503 now; null where it would not. */
  readonly refusal: string | null;
  readonly samples: readonly SampleJson[];
}

/** What became of a query. */
export type Explained =
  | { readonly kind: "explained"; readonly explanation: ExplanationJson }
  | { readonly kind: "unknown" | "too_many"; readonly reason: string };

/** What the nodes gave at one moment. */
interface Moment {
  readonly gathering: Gathering;
  readonly refusal: string | null;
}

/**
 * Explains merged numbers: asks the nodes as a scrape does, and tells what each incarnation gave. What
 * a scrape would refuse to show is told all the same, with the refusal beside it: whoever asks wants
 * to know why.
 */
export class ClusterExplanation {
  readonly #node: ClusterNode;
  readonly #shared: SharedRun<Moment> = new SharedRun((deadlineMs) => this.#gather(deadlineMs));

  constructor(node: ClusterNode) {
    this.#node = node;
  }

  /** Explains all samples that match. */
  async explain(query: ExplainQuery, timeoutMs: number): Promise<Explained> {
    const node = this.#node;
    const { gathering, refusal } = await this.#shared.join(node.clock.nowMs() + timeoutMs);
    const { own, answered } = gathering;
    const contributions = contributionsOf(node.state, answered, node.awakeMs(), own);
    const decisions = decide(contributions);
    const { series, isCut } = explain(contributions, decisions, {
      family: (family) => sampleFormsFor(family, query).length > 0,
      series: (family, values) => hasLabels(family, values, query),
      seriesMax: SERIES_MAX,
    });
    if (isCut) return tooMany(query, `has more than ${SERIES_MAX} series`);
    const values = series.reduce(
      (sum, { family, parts }) => sum + parts.length * sampleFormsFor(family, query).length,
      0,
    );
    if (values > VALUES_MAX) return tooMany(query, `is made of more than ${VALUES_MAX} values`);
    const samples = series.flatMap((one) => this.#samplesOf(one, query));
    if (samples.length === 0) {
      return { kind: "unknown", reason: unknownReason(contributions, decisions, query) };
    }
    const { node: id, incarnation } = node.state.self;
    const self = { id, incarnation, cluster: node.cluster };
    const atMs = Math.round(node.clock.nowMs());
    return { kind: "explained", explanation: { self, atMs, refusal, samples } };
  }

  async #gather(deadlineMs: number): Promise<Moment> {
    const node = this.#node;
    const gathering = await gather(node, deadlineMs);
    const refusal = node.exchange.isComplete
      ? refusalOf(node, votersOf(node, gathering), gathering)
      : newcomersReason(node);
    return { gathering, refusal };
  }

  #samplesOf(
    { family, labelValues, cells, isShown, parts }: ExplainedSeries,
    query: ExplainQuery,
  ): SampleJson[] {
    const labels = Object.fromEntries(family.labelNames.map((name, i) => [name, labelValues[i]!]));
    return sampleFormsFor(family, query).map(({ name, le, read }) => ({
      name,
      labels: le === null ? labels : { ...labels, le },
      type: family.type,
      merge: family.merge,
      shown: isShown,
      value: jsonNumber(read(cells)),
      parts: parts.map((part) => this.#partOf(part, read)),
    }));
  }

  #partOf({ contribution, cells, isCounted }: ExplainedPart, read: SampleForm["read"]): PartJson {
    const { node, incarnation } = contribution;
    const value = jsonNumber(read(cells));
    return { node, incarnation, ...this.#about(contribution), value, counted: isCounted };
  }

  #about(
    { incarnation, shard, life }: Contribution,
  ): Pick<PartJson, "state" | "incarnations" | "seq" | "ageMs"> {
    const { ledger, roster } = this.#node.state;
    if (life === "folded") {
      return { state: "folded", incarnations: ledger.base.ids.size, seq: null, ageMs: null };
    }
    const status = ledger.get(incarnation)?.departure ?? roster.member(incarnation)?.status;
    const source = this.#node.state.source(incarnation, null, this.#node.awakeMs());
    return {
      state: status ?? (life === "live" ? "up" : "lost"),
      incarnations: 1,
      seq: shard.seq,
      ageMs: Math.round(source?.ageMs ?? 0),
    };
  }
}

function tooMany({ name }: ExplainQuery, rule: string): Explained {
  const reason = `Cannot explain "${name}" at once: it ${rule}. Ask for fewer with ` +
    `"&label=<name>:<value>".`;
  return { kind: "too_many", reason };
}

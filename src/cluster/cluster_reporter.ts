import type { LogSink } from "../io/log.ts";
import type { RefusedShard } from "./absorber.ts";
import { FOREIGN_PAUSE_MS } from "./address_book.ts";
import type { ClusterEvent, EventLog } from "./event_log.ts";
import type { IncarnationId } from "./identity.ts";
import type { Transition } from "./member.ts";
import type { Hello } from "./wire/message.ts";

/** Incarnations of which it is remembered that a shard was refused, so that each is told of once. */
const REFUSED_SHARDS_MAX = 1_000;
/** Callers of other clusters that are remembered, so that each is told of once. */
const FOREIGN_CALLERS_MAX = 1_000;
const GOOD: ReadonlySet<Transition["kind"]> = new Set(["up", "joining", "recovered", "left"]);

/** What the reporter works with. */
export interface ClusterReporterOptions {
  readonly events: EventLog;
  readonly log: LogSink;
  /** This process's clock. */
  readonly nowMs: () => number;
}

/** Tells what happens in the cluster, as events and log lines; what comes again and again, once. */
export class ClusterReporter {
  readonly #options: ClusterReporterOptions;
  readonly #refusedShards = new Set<IncarnationId>();
  readonly #foreignCallers = new Map<string, number>();

  constructor(options: ClusterReporterOptions) {
    this.#options = options;
  }

  /** Something happened that is no transition of the roster. */
  note(kind: ClusterEvent["kind"], node: string, cause: string, incarnation = ""): void {
    const { events, log, nowMs } = this.#options;
    events.add({ kind, node, incarnation, at: Math.round(nowMs()), cause });
    log.log("warning", cause, { event: kind, node });
  }

  /** Members took other statuses. */
  transitions(transitions: readonly Transition[]): void {
    const { events, log, nowMs } = this.#options;
    const at = Math.round(nowMs());
    for (const { kind, node, incarnation, cause } of transitions) {
      events.add({ kind, node, incarnation, at, cause });
      log.log(GOOD.has(kind) ? "info" : "warning", `Node "${node}" is ${kind}: ${cause}.`, {
        event: kind,
        node,
        incarnation,
      });
    }
  }

  /** A peer's shard was refused. It comes again with every round: one event says enough. */
  refused({ node, incarnation, kind, reason }: RefusedShard): void {
    if (this.#refusedShards.has(incarnation)) return;
    if (this.#refusedShards.size >= REFUSED_SHARDS_MAX) this.#refusedShards.clear();
    this.#refusedShards.add(incarnation);
    const cause = `A shard of "${node}" was refused and its last copy kept: ` +
      (kind === "falls" ? `a cell that only grows fell: ${reason}` : reason);
    this.note("shard_refused", node, cause, incarnation);
  }

  /** Another cluster's node called. Told once for each caller while it goes on calling. */
  foreign(from: string, { node, cluster, incarnation }: Hello, awakeMs: number): void {
    const isNew = (this.#foreignCallers.get(from) ?? -Infinity) <= awakeMs;
    if (this.#foreignCallers.size >= FOREIGN_CALLERS_MAX) this.#foreignCallers.clear();
    this.#foreignCallers.set(from, awakeMs + 2 * FOREIGN_PAUSE_MS);
    if (!isNew) return;
    const cause = `${from} called as "${node}" of cluster "${cluster}"`;
    this.note("foreign_cluster", node, cause, incarnation);
  }
}

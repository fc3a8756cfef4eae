import { errorText } from "../io/error_text.ts";
import type { LogSink } from "../io/log.ts";
import type { ScriptStore } from "../io/script_store.ts";
import { type Decision, decisionOf } from "./decision.ts";
import { LIMIT_SCRIPT, readAnswer, type ScriptAnswer, scriptArguments } from "./limit_script.ts";
import type { LimiterStatus, PolicyStatus, SharedLimiter } from "./limiter.ts";
import type { FailMode, LimiterPlan } from "./limiter_options.ts";
import { LimiterTally } from "./limiter_tally.ts";
import { type LimiterHost, wrongCost, wrongKey } from "./node_limiter.ts";
import type { Policy } from "./policy.ts";
import type { PolicyState } from "./quota.ts";
import type { SplitBook } from "./split_book.ts";
import { afterDeadline } from "./store_deadline.ts";
import { type HealthChange, type StoreError, StoreHealth, WAITING_MAX } from "./store_health.ts";
import { TopKeys } from "./top_keys.ts";

/** What a shared limiter needs besides. */
export interface SharedHost extends LimiterHost {
  readonly log: LogSink;
  readonly store: ScriptStore;
}

type Outcome =
  | { readonly kind: "answer"; readonly answer: ScriptAnswer }
  | { readonly kind: "error"; readonly error: "timeout" | "failed"; readonly reason: string };

const TOP_SHOWN = 10;
/** What a request is told to wait that was refused since the store is out. */
const CLOSED_RETRY_MS = 1_000;

/** A limiter that asks a store, and has an answer of its own when the store has none in time. */
export class SharedStoreLimiter implements SharedLimiter {
  readonly name: string;
  readonly scope = "shared" as const;
  readonly policies: readonly Policy[];
  readonly #host: SharedHost;
  readonly #fail: FailMode;
  readonly #deadlineMs: number;
  readonly #keyPrefix: string;
  readonly #arguments: readonly (string | number)[];
  readonly #health = new StoreHealth();
  readonly #tally: LimiterTally;
  readonly #top = new TopKeys();
  /** Decides while the store is out, with `fail: "split"`. */
  readonly #split: SplitBook | null;
  #withoutStore = 0;
  #toldWithoutStore = 0;
  #toldEvictions = 0;
  readonly #toldErrors: Record<StoreError, number> = { timeout: 0, failed: 0, busy: 0 };

  constructor(plan: LimiterPlan, host: SharedHost, split: SplitBook | null) {
    const { name, policies, fail, deadlineMs } = plan;
    this.name = name;
    this.policies = policies;
    this.#host = host;
    this.#fail = fail;
    this.#deadlineMs = deadlineMs;
    this.#split = split;
    this.#arguments = scriptArguments(policies);
    // Limits that were changed don't read what others wrote: the rows are not alike.
    this.#keyPrefix = `muster:limit:${name}:${this.#arguments.join(",")}`;
    this.#tally = new LimiterTally(host, { limit: name, scope: "shared" }, policies[0]!.windowMs);
  }

  async consume(key: string, cost: number = 1): Promise<Decision> {
    if (typeof key !== "string") throw wrongKey(this.name, key);
    if (typeof cost !== "number" || (cost | 0) !== cost || cost < 0) {
      throw wrongCost(this.name, cost);
    }
    const { clock } = this.#host;
    const startMs = clock.nowMs();
    const decision = this.#health.mayAsk(startMs)
      ? await this.#ask(key, cost, startMs)
      : this.#decideUnasked(key, cost, startMs);
    this.#tally.count(decision.allowed, cost, clock.nowMs());
    if (!decision.allowed) this.#countLimited(key, cost);
    return decision;
  }

  tell(nowMs: number): void {
    this.#tally.tell(nowMs);
    this.#split?.book.advance(nowMs - this.#split.beganMs);
    const table = this.#split?.book.table;
    table?.sweep();
    const { size: keys, evictions } = table ?? { size: 0, evictions: 0 };
    this.#tally.emit("muster.rate_limiter.state", {
      keys,
      evictions: evictions - this.#toldEvictions,
    });
    this.#toldEvictions = evictions;
    for (const [cause, count] of Object.entries(this.#health.errors)) {
      const told = this.#toldErrors[cause as StoreError];
      this.#toldErrors[cause as StoreError] = count;
      this.#tally.emit("muster.rate_limiter.store_error", { count: count - told }, { cause });
    }
    const without = this.#withoutStore - this.#toldWithoutStore;
    this.#toldWithoutStore = this.#withoutStore;
    this.#tally.emit("muster.rate_limiter.without_store", { count: without }, { fail: this.#fail });
    this.#split?.tell(this.#tally);
  }

  countTrialFailure(): void {
    this.#tally.trialFailures++;
  }

  status(): LimiterStatus {
    const { name, scope } = this;
    const { allowed, limited, trialFailures } = this.#tally;
    const table = this.#split?.book.table;
    const isOut = this.#health.isOut;
    const shares = isOut ? this.#split?.statuses(this.#host.clock.nowMs()) : undefined;
    return {
      name,
      scope,
      policies: shares ?? this.policies.map((policy) => this.#whole(policy)),
      allowed,
      limited,
      keys: table?.size ?? 0,
      bytes: table?.bytes ?? 0,
      evictions: table?.evictions ?? 0,
      trialFailures,
      store: {
        address: this.#host.store.address,
        isOut,
        fail: this.#fail,
        deadlineMs: this.#deadlineMs,
        errors: { ...this.#health.errors },
        withoutStore: this.#withoutStore,
      },
      topLimited: this.#top.list(TOP_SHOWN, this.#host.shownHash),
    };
  }

  async #ask(key: string, cost: number, startMs: number): Promise<Decision> {
    const outcome = await this.#outcome(key, cost);
    const nowMs = this.#host.clock.nowMs();
    if (outcome.kind === "error") {
      this.#note(this.#health.failed(outcome.error, nowMs), outcome.reason);
      return this.#decideWithout(key, cost, nowMs);
    }
    this.#note(this.#health.answered(nowMs), "");
    this.#tally.time(nowMs - startMs);
    return decisionOf(outcome.answer.allowed, outcome.answer.states, "store");
  }

  /** The store's answer, or why there is none when the deadline comes. */
  #outcome(key: string, cost: number): Promise<Outcome> {
    const { store, clock } = this.#host;
    return new Promise((resolve) => {
      const reason = `no answer in ${this.#deadlineMs} ms`;
      const cancel = afterDeadline(
        clock,
        this.#deadlineMs,
        () => resolve({ kind: "error", error: "timeout", reason }),
      );
      const end = (outcome: Outcome) => {
        cancel();
        resolve(outcome);
      };
      // A store that throws has failed as one has that rejects.
      const ask = async (): Promise<Outcome> => {
        const answer = await store.run(LIMIT_SCRIPT, this.#keyPrefix + spelled(key), [
          cost,
          ...this.#arguments,
        ]);
        return { kind: "answer", answer: readAnswer(answer, this.policies) };
      };
      ask().then(end, (error: unknown) => {
        end({ kind: "error", error: "failed", reason: errorText(error) });
      });
    });
  }

  #decideUnasked(key: string, cost: number, nowMs: number): Decision {
    if (this.#health.isBusy) {
      this.#note(this.#health.busy(nowMs), `${WAITING_MAX} requests wait for it`);
    }
    return this.#decideWithout(key, cost, nowMs);
  }

  #decideWithout(key: string, cost: number, nowMs: number): Decision {
    this.#withoutStore++;
    if (this.#split !== null) return this.#split.consume(key, cost, nowMs, "fail_split");
    const allowed = this.#fail === "open";
    const retryAfterMs = allowed ? 0 : CLOSED_RETRY_MS;
    const states = this.policies.map(({ name: policy, limit }): PolicyState => {
      return { policy, limit, remaining: allowed ? limit : 0, resetMs: retryAfterMs, retryAfterMs };
    });
    return decisionOf(allowed, states, allowed ? "fail_open" : "fail_closed");
  }

  #countLimited(key: string, cost: number): void {
    const { hash } = this.#host;
    hash.take(key);
    this.#top.add(key, hash.lo, hash.hi, cost);
  }

  #note(change: HealthChange, reason: string): void {
    if (change === null) return;
    const { log, store } = this.#host;
    const fields = { limiter: this.name, store: store.address, fail: this.#fail };
    if (change === "came_back") {
      log.log("info", `The store of the limiter "${this.name}" answers again.`, fields);
      return;
    }
    const without = { open: "passes", closed: "is refused", split: "gets this node's share" };
    const sentence =
      `The store of the limiter "${this.name}" is out (${reason}): what it does not answer ` +
      `${without[this.#fail]}.`;
    log.log("warning", sentence, fields);
  }

  #whole(policy: Policy): PolicyStatus {
    const why = this.#health.isOut
      ? `the store is out: ${this.#fail === "open" ? "everything passes" : "nothing passes"}`
      : "the store counts for all nodes together";
    return { ...policy, share: policy.limit, why };
  }
}

/** A key as the store is told it. What is not well-formed would arrive as another text, and share its row. */
function spelled(key: string): string {
  return key.isWellFormed() ? `:${key}` : `;${JSON.stringify(key)}`;
}

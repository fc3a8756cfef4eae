import type { ScriptStore } from "../io/script_store.ts";
import { checkedPolicies, type Policy, type PolicyOptions } from "./policy.ts";
import { received } from "../metrics/received.ts";

/** Who counts together. */
export type Scope = "local" | "split" | "shared";

/** What a shared limiter does while its store is out: admits, refuses, or divides among the nodes. */
export type FailMode = "open" | "closed" | "split";

/** What every limiter is told. */
export interface CommonLimiterOptions {
  /** Its name in metrics and pages: lower-case letters, digits and underscores, at most 64. */
  readonly name: string;
  /** One limit or several, all of which must have room: a request that one refuses consumes of none. */
  readonly limits: readonly PolicyOptions[];
  /**
   * Keys that this node keeps at a time without forgetting any, from 1 to 100,000,000; 16 to 64 bytes
   * each with one `gcra` limit. Beyond, keys that would expire first are forgotten. Default: 1,000,000.
   */
  readonly keysMax?: number;
}

/** A limiter that decides on this node. */
export interface NodeLimiterOptions extends CommonLimiterOptions {
  /** `local`: this node for itself. `split`: the limits are divided among the nodes. Default: `local`. */
  readonly scope?: "local" | "split";
}

/** A limiter whose store decides. */
export interface SharedLimiterOptions extends CommonLimiterOptions {
  /** The store counts for all nodes together. */
  readonly scope: "shared";
  /** Where is counted: see `connectValkey`. */
  readonly store: ScriptStore;
  /** What is done without an answer of the store. Default: `open`. */
  readonly fail?: FailMode;
  /** How long the store may take, in milliseconds, from 1 to 10,000. Default: 50. */
  readonly deadlineMs?: number;
}

/** All that a limiter may be told. */
export type LimiterOptions = NodeLimiterOptions | SharedLimiterOptions;

const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const KEYS_MAX = 100_000_000;
const KEYS_DEFAULT = 1_000_000;
const DEADLINE_MS_MAX = 10_000;
const DEADLINE_MS_DEFAULT = 50;
const FAIL_MODES: readonly unknown[] = ["open", "closed", "split"];

/** Options with nothing left out. */
export interface LimiterPlan {
  readonly name: string;
  readonly policies: readonly Policy[];
  readonly keysMax: number;
  readonly fail: FailMode;
  readonly deadlineMs: number;
}

/**
 * Fills in what was left out.
 *
 * @throws {TypeError} if an option is wrong.
 */
export function checkedPlan(options: LimiterOptions): LimiterPlan {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `Cannot make a limiter: its options must be an object: received ${received(options)}`,
    );
  }
  const { name, limits, keysMax = KEYS_DEFAULT } = options;
  const { fail = "open", deadlineMs = DEADLINE_MS_DEFAULT }: Partial<SharedLimiterOptions> =
    options.scope === "shared" ? options : {};
  const scopes: readonly unknown[] = ["local", "split", "shared", undefined];
  const isName = typeof name === "string" && NAME.test(name);
  check(isName, name, "name", "a lower-case word of at most 64 characters", name);
  check(scopes.includes(options.scope), name, "scope", "local, split or shared", options.scope);
  const isCount = Number.isInteger(keysMax) && keysMax >= 1 && keysMax <= KEYS_MAX;
  check(isCount, name, "keysMax", `a whole number from 1 to ${KEYS_MAX}`, keysMax);
  check(FAIL_MODES.includes(fail), name, "fail", "open, closed or split", fail);
  const isDeadline = typeof deadlineMs === "number" && deadlineMs >= 1 &&
    deadlineMs <= DEADLINE_MS_MAX;
  const deadlineRule = `milliseconds from 1 to ${DEADLINE_MS_MAX}`;
  check(isDeadline, name, "deadlineMs", deadlineRule, deadlineMs);
  const policies = checkedPolicies(name, limits);
  checkStore(options);
  return { name, policies, keysMax, fail, deadlineMs };
}

/** One that has a store and does not ask it would admit more than it was told to. */
function checkStore(options: LimiterOptions): void {
  const { name } = options;
  const { store, fail, deadlineMs }: Partial<Omit<SharedLimiterOptions, "scope">> = options;
  // What is no store may be a client, which has a password.
  const kind = store && typeof store;
  if (options.scope === "shared") {
    const isStore = typeof store?.run === "function";
    return check(isStore, name, "store", "one that runs scripts, as connectValkey makes", kind);
  }
  const rule = "left out unless scope is shared, for which there is muster.createLimiter";
  for (const [field, value] of Object.entries({ store: kind, fail, deadlineMs })) {
    check(value === undefined, name, field, rule, value);
  }
}

/** Throws a sentence about an option of the limiter `of`, unless it is right. */
export function check(
  isRight: boolean,
  of: string,
  field: string,
  rule: string,
  value: unknown,
): void {
  if (isRight) return;
  throw new TypeError(
    `Cannot make the limiter ${received(of)}: ${field} must be ${rule}: received ${
      received(value)
    }`,
  );
}

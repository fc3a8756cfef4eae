import { Gcra } from "./gcra.ts";
import type { Quota } from "./quota.ts";
import { received } from "../metrics/received.ts";
import { SlidingWindow } from "./sliding_window.ts";

/** How consumption is counted. */
export type Algorithm = "gcra" | "sliding_window";

/** One limit: so much in so much time. */
export interface PolicyOptions {
  /** What may be consumed in a window, a whole number from 1 to 10^9, at most 10,000 a millisecond. */
  readonly limit: number;
  /** The window in milliseconds, from 1 to 366 days. */
  readonly windowMs: number;
  /** What answers and headers call it. Default: the window, such as `1s` or `24h`. */
  readonly name?: string;
  /**
   * `gcra`: a bucket that flows back steadily; in any span of `t` ms it admits at most `burst + limit × t
   * / windowMs`, and a key takes 8 bytes. `sliding_window`: in any span of `windowMs` at most `limit`,
   * where what was consumed comes back up to `windowMs / slots` late, and a key takes `8 × (slots + 2)`
   * bytes. Spans are of the time that `consume` is given, which `gcra` rounds down by less than 0.01 ms
   * (with `split`, by that for each node); a limiter's own time is up to 1 ms late, so in real time it
   * admits a millisecond's flow more, `burst + limit × (t + 1) / windowMs`, and at most `limit` in
   * `windowMs - 1`. Default: `gcra`.
   */
  readonly algorithm?: Algorithm;
  /** Of `gcra`: what a key that was idle may consume at once. Default: `limit`. */
  readonly burst?: number;
  /** Of `sliding_window`: parts of the window, from 1 to 60. Default: 10. */
  readonly slots?: number;
}

/** A policy with nothing left out. */
export interface Policy extends Required<PolicyOptions> {}

const LIMIT_MAX = 1e9;
const WINDOW_MS_MAX = 366 * 86_400_000;
const RATE_PER_MS_MAX = 10_000;
const SLOTS_MAX = 60;
const POLICIES_MAX = 8;
/** What a String of Structured Fields (RFC 9651) may hold without escapes. */
const NAME = /^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,64}$/;
const UNITS = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1000]] as const;

/**
 * Fills in what was left out.
 *
 * @throws {TypeError} if a policy is wrong; the message names all that is.
 */
export function checkedPolicies(of: string, options: readonly PolicyOptions[]): readonly Policy[] {
  const problems: string[] = [];
  const fail = (field: string, rule: string, value: unknown) =>
    problems.push(`${field} must be ${rule}: received ${received(value)}`);
  const list: readonly PolicyOptions[] = Array.isArray(options) ? options : [];
  if (list.length < 1 || list.length > POLICIES_MAX) {
    fail("limits", `a list of 1 to ${POLICIES_MAX}`, options);
  }
  const policies = list.map((option, i): Policy => {
    const given = option ?? ({} as PolicyOptions);
    const { limit, windowMs, algorithm = "gcra", burst = limit, slots = 10 } = given;
    // Only a number has a spelling: of anything else the window itself is the problem.
    const { name = typeof windowMs === "number" ? spelledWindow(windowMs) : `limits[${i}]` } =
      given;
    const field = (name: string) => `limits[${i}].${name}`;
    if (!isWhole(limit, 1, LIMIT_MAX)) fail(field("limit"), "a whole number, 1 to 10^9", limit);
    if (typeof windowMs !== "number" || !(windowMs >= 1 && windowMs <= WINDOW_MS_MAX)) {
      fail(field("windowMs"), "milliseconds from 1 to 366 days", windowMs);
    } else if (typeof limit === "number" && limit / windowMs > RATE_PER_MS_MAX) {
      fail(field("limit"), `at most ${RATE_PER_MS_MAX} a millisecond of windowMs`, limit);
    }
    if (algorithm !== "gcra" && algorithm !== "sliding_window") {
      fail(field("algorithm"), '"gcra" or "sliding_window"', algorithm);
    }
    if (!isWhole(burst, 1, LIMIT_MAX)) fail(field("burst"), "a whole number, 1 to 10^9", burst);
    if (!isWhole(slots, 1, SLOTS_MAX)) fail(field("slots"), `from 1 to ${SLOTS_MAX}`, slots);
    if (typeof name !== "string" || !NAME.test(name)) {
      fail(field("name"), 'printable ASCII without " and \\', name);
    }
    return { name, limit, windowMs, algorithm, burst, slots };
  });
  const names = policies.map(({ name }) => name);
  if (new Set(names).size < names.length) fail("limits", "of different names", names);
  if (problems.length === 0) return policies;
  throw new TypeError(`Cannot make the limiter "${of}": ${problems.join("; ")}`);
}

/** What counts for the policy. */
export function quotaOf(policy: Policy): Quota {
  return policy.algorithm === "gcra" ? new Gcra(policy) : new SlidingWindow(policy);
}

/** `60000` → `1m`; `1500` → `1500ms`. */
function spelledWindow(windowMs: number): string {
  const unit = UNITS.find(([, ms]) => windowMs % ms === 0);
  return unit === undefined ? `${windowMs}ms` : `${windowMs / unit[1]}${unit[0]}`;
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

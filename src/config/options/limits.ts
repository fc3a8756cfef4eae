import { ipNetwork } from "../../rate_limit/ip_network.ts";
import { checkedPolicies } from "../../rate_limit/policy.ts";
import type { OptionTable, Parsed } from "../option.ts";

/** So much in so much time. */
export interface RequestLimit {
  readonly limit: number;
  readonly windowMs: number;
}

/** How the service's own pages are limited. */
export interface LimitsOptions {
  /** Null for none. */
  readonly intakeLimit: RequestLimit | null;
  readonly trustedProxies: readonly string[];
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const PROXIES_MAX = 100;

/** A row for each of {@linkcode LimitsOptions}. */
export const LIMITS_OPTIONS: OptionTable<LimitsOptions> = {
  intakeLimit: {
    env: "MUSTER_INTAKE_LIMIT",
    parse: requestLimit,
    default: { limit: 100, windowMs: 1_000 },
    defaultDoc: "100/1s",
    doc:
      "Requests to POST /telemetry/events that this node takes from one client address (IPv6: from " +
      "a /64) in a time of up to 366 days, such as 100/1s, 5000/10m or 100000/24h; off for no limit.",
  },
  trustedProxies: {
    env: "MUSTER_TRUSTED_PROXIES",
    parse: networkList,
    default: [],
    defaultDoc: "none",
    doc: "Addresses and networks of proxies, such as 10.0.0.0/8, whose X-Forwarded-For tells the " +
      "client's address. From anyone else the header is ignored.",
  },
};

/** `100/1s`, `5000/10m`, `off`: what a limiter takes, so that none is refused when it is made. */
export function requestLimit(text: string): Parsed<RequestLimit | null> {
  if (text === "off") return { kind: "value", value: null };
  const rule = "off, or a number of requests from 1 to 10^9, at most 10,000 a millisecond, and a " +
    "time of up to 366 days, such as 100/1s or 5000/10m";
  const [, count, time, unit] = /^(\d{1,10})\/(\d{1,8})([smh])$/.exec(text) ?? [];
  const value = { limit: Number(count), windowMs: Number(time) * (UNIT_MS[unit ?? ""] ?? 0) };
  try {
    checkedPolicies("intake", [value]);
    return { kind: "value", value };
  } catch {
    return { kind: "invalid", rule };
  }
}

/** `10.0.0.0/8,fd00::/8,192.0.2.1`. */
export function networkList(text: string): Parsed<readonly string[]> {
  const items = [...new Set(text.split(",").map((item) => item.trim()))];
  const rule = `a comma-separated list of 1 to ${PROXIES_MAX} items such as 10.0.0.0/8 or fd00::1`;
  const isList = items.length <= PROXIES_MAX && items.every((item) => ipNetwork(item) !== null);
  return isList ? { kind: "value", value: items } : { kind: "invalid", rule };
}

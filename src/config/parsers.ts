import { isIP } from "node:net";
import { canonicalIp } from "../cluster/ip_address.ts";
import type { Parsed, Parser } from "./option.ts";

/** An IP address and a port; the same shape as the name servers of `resolv.conf`. */
export interface AddressAndPort {
  /** In the spelling of `canonicalIp`: IPv6 without brackets. */
  readonly address: string;
  readonly port: number;
}

/** Addresses that one option may list. */
export const ADDRESSES_MAX = 1_000;

/** A whole number in decimal digits, from `min` to `max`. */
export function wholeNumber(min: number, max: number): Parser<number> {
  return (text) => {
    const value = Number(text);
    const valid = /^[0-9]{1,15}$/.test(text) && value >= min && value <= max;
    return valid ? ok(value) : invalid(`a whole number from ${min} to ${max}`);
  };
}

/** `true`, `1`, `on`, `yes` and their opposites, in any case. */
export function yesOrNo(text: string): Parsed<boolean> {
  const lower = text.toLowerCase();
  if (["true", "1", "on", "yes"].includes(lower)) return ok(true);
  if (["false", "0", "off", "no"].includes(lower)) return ok(false);
  return invalid("true or false (or 1/0, on/off, yes/no)");
}

/** One of `choices`, exactly. */
export function oneOf<T extends string>(choices: readonly T[]): Parser<T> {
  return (text) => {
    const choice = choices.find((one) => one === text);
    return choice === undefined ? invalid(`one of ${choices.join(", ")}`) : ok(choice);
  };
}

/** A text that matches `shape` as a whole; `rule` says the same in words. */
export function textLike(shape: RegExp, rule: string): Parser<string> {
  return (text) => shape.test(text) ? ok(text) : invalid(rule);
}

/** An IP address. */
export function ipAddress(text: string): Parsed<string> {
  const ip = canonicalIp(text);
  return ip === undefined ? invalid("an IP address") : ok(ip);
}

/** A path such as `/metrics`, made of plain segments. */
export function urlPath(text: string): Parsed<string> {
  const plain = /^(\/[A-Za-z0-9._~-]+)+$/.test(text) && text.length <= 200;
  // A URL parser resolves `.` and `..`, so such a path would never be asked for.
  if (!plain || /\/\.{1,2}(\/|$)/.test(text)) {
    return invalid("a path that begins with / and has no query, space, empty or dot segment");
  }
  return ok(text);
}

/** A DNS name in lower case without the final dot (RFC 1035 §2.3.4; an underscore is allowed). */
export function dnsName(text: string): Parsed<string> {
  const name = text.toLowerCase().replace(/\.$/, "");
  const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
  const valid = name.length <= 253 && isIP(name) === 0 &&
    name.split(".").every((one) => label.test(one));
  return valid ? ok(name) : invalid("a DNS name such as muster or muster.prod.svc.cluster.local");
}

/** `10.0.0.1:4021,[fd00::1]:4021`, without repetitions. Only `defaultPort` makes the port optional. */
export function addressList(defaultPort?: number): Parser<readonly AddressAndPort[]> {
  const rule = "a comma-separated list of 1 to " + ADDRESSES_MAX +
    (defaultPort === undefined
      ? " addresses with a port"
      : " addresses, each with or without a port") +
    ", such as 10.0.0.1:4021 or [fd00::1]:4021";
  return (text) => {
    const found = new Map<string, AddressAndPort>();
    for (const item of text.split(",")) {
      const one = addressAndPort(item.trim(), defaultPort);
      if (one === undefined) return invalid(rule);
      found.set(`${one.port} ${one.address}`, one);
    }
    return found.size > ADDRESSES_MAX ? invalid(rule) : ok([...found.values()]);
  };
}

function addressAndPort(text: string, defaultPort?: number): AddressAndPort | undefined {
  const bare = canonicalIp(text);
  if (bare !== undefined && defaultPort !== undefined) return { address: bare, port: defaultPort };
  const [, host, digits] = /^(\[[^\]]+\]|[^:]+):([0-9]{1,5})$/.exec(text) ?? [];
  if (host === undefined) return undefined;
  const address = canonicalIp(host);
  const port = Number(digits);
  return address === undefined || port < 1 || port > 65_535 ? undefined : { address, port };
}

function ok<T>(value: T): Parsed<T> {
  return { kind: "value", value };
}

function invalid(rule: string): { readonly kind: "invalid"; readonly rule: string } {
  return { kind: "invalid", rule };
}

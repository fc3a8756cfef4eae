import { isIP } from "node:net";
import { formatAddress, parseAddress } from "../cluster/address.ts";
import { parsePeers } from "../cluster/discovery_list.ts";
import { canonicalIp } from "../cluster/ip_address.ts";
import type { DnsServer } from "../io/resolv_conf.ts";
import type { Parsed, Parser } from "./option.ts";

/** Addresses or names that one option may list. */
export const LISTED_MAX = 1_000;

/** A whole number in decimal digits, from `min` to `max`. */
export function wholeNumber(min: number, max: number): Parser<number> {
  return (text) => {
    const value = Number(text);
    const valid = /^[0-9]{1,15}$/.test(text) && value >= min && value <= max;
    return valid ? ok(value) : invalid(`a whole number from ${min} to ${max}`);
  };
}

/** A port of TCP; 0 stands for any that is free. */
export const portNumber: Parser<number> = wholeNumber(0, 65_535);

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

/** A file's path from the root on, of at most 1,024 characters. */
export const absolutePath: Parser<string> = textLike(
  /^\/[^\p{Cc}]{0,1022}[^\p{Cc}/]$/u,
  "the path of a file that begins with / and has no control character",
);

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

/** `10.96.0.10,10.96.0.11:54,[fd00::1]:53`, without repetitions; without a port it is `defaultPort`. */
export function addressList(defaultPort: number): Parser<readonly DnsServer[]> {
  return (text) => {
    const found = new Map<string, DnsServer>();
    for (const item of text.split(",")) {
      const bare = canonicalIp(item.trim());
      const one = bare === undefined ? parseAddress(item.trim()) : { ip: bare, port: defaultPort };
      if (one === null) return invalid(listRule("10.0.0.1, 10.0.0.1:53 or [fd00::1]:53"));
      found.set(formatAddress(one), { address: one.ip, port: one.port });
    }
    if (found.size > LISTED_MAX) return invalid(listRule("10.0.0.1:53"));
    return ok([...found.values()]);
  };
}

/** `10.0.0.1:4021,[fd00::1]:4021,muster.example.org:4021`, as discovery reads it, without repetitions. */
export function peerList(text: string): Parsed<readonly string[]> {
  const rule = listRule("10.0.0.1:4021, [fd00::1]:4021 or muster.example.org:4021");
  const peers = new Set<string>();
  for (const item of text.split(",")) {
    try {
      const { addresses, hosts } = parsePeers([item.trim()]);
      for (const address of addresses) peers.add(address);
      if (hosts.length > 0) peers.add(item.trim().toLowerCase());
    } catch {
      return invalid(rule);
    }
  }
  return peers.size > LISTED_MAX ? invalid(rule) : ok([...peers]);
}

function listRule(examples: string): string {
  return `a comma-separated list of 1 to ${LISTED_MAX} items such as ${examples}`;
}

function ok<T>(value: T): Parsed<T> {
  return { kind: "value", value };
}

function invalid(rule: string): { readonly kind: "invalid"; readonly rule: string } {
  return { kind: "invalid", rule };
}

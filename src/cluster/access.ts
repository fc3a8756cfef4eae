import { canonicalIp } from "./ip_address.ts";

/** The addresses that may ask when no secret is set. All in the spelling of {@link canonicalIp}. */
export interface KnownAddresses {
  /** Of the last good DNS answer, or of the static list. */
  readonly listed: ReadonlySet<string>;
  /** Of members that are not gone, wherever they were heard from. */
  readonly members: ReadonlySet<string>;
  /** Of this node itself. */
  readonly own: ReadonlySet<string>;
}

/**
 * Whether `remoteIp`, the address at the other end of the connection, may ask for an exchange when
 * no secret is set. A stranger may be a pod so new that DNS was not asked since: let it trigger one
 * fresh poll, decide again, and only then answer 403.
 */
export function addressAccess(remoteIp: string, known: KnownAddresses): "allowed" | "stranger" {
  const ip = canonicalIp(remoteIp);
  if (ip === undefined) return "stranger";
  return known.listed.has(ip) || known.members.has(ip) || known.own.has(ip)
    ? "allowed"
    : "stranger";
}

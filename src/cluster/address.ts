import { canonicalIp } from "./ip_address.ts";

/** Where a node listens: an IP address and a port. */
export interface PeerAddress {
  /** As `canonicalIp` spells it: without brackets or zone. */
  readonly ip: string;
  /** 1 to 65535. */
  readonly port: number;
}

/**
 * `ip:port`, or `[ip]:port` for IPv6. The one string for an address if its `ip` is canonical, so that
 * equal addresses are equal strings.
 */
export function formatAddress(address: PeerAddress): string {
  return address.ip.includes(":")
    ? `[${address.ip}]:${address.port}`
    : `${address.ip}:${address.port}`;
}

/**
 * Reads `ip:port` or `[ipv6]:port`; null if it is neither. The result's `ip` is canonical. An address
 * with a zone is refused: it means nothing on another node.
 */
export function parseAddress(text: string): PeerAddress | null {
  const match = /^(?:\[([^[\]%]*:[^[\]%]*)\]|([^:[\]]+)):([1-9]\d{0,4})$/.exec(text);
  if (match === null) return null;
  const ip = canonicalIp(match[1] ?? match[2]!);
  const port = Number(match[3]);
  return ip === undefined || port > 65_535 ? null : { ip, port };
}

/** The canonical string of the address in `text`, or null if it is none. */
export function canonicalAddress(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : formatAddress(address);
}

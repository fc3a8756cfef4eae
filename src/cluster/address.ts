/** Where a node listens: a canonical IP and a port. */
export interface PeerAddress {
  /** As {@link canonicalIp} writes it, without brackets. */
  readonly ip: string;
  /** 1 to 65535. */
  readonly port: number;
}

/**
 * The one spelling of an IP address, so that equal addresses are equal strings: IPv6 in lower case and
 * compressed (RFC 5952), an IPv4-mapped one as the IPv4 address that it stands for. Null if `text` is no
 * IP address, or one that needs a zone to be understood.
 */
export function canonicalIp(text: string): string | null {
  if (!text.includes(":")) return isIpv4(text) ? text : null;
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(text)) return null;
  const url = `http://[${text}]/`;
  if (!URL.canParse(url)) return null;
  const ip = new URL(url).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(ip);
  if (mapped === null) return ip;
  const [high, low] = [parseInt(mapped[1]!, 16), parseInt(mapped[2]!, 16)];
  return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}

/** Four decimal numbers without leading zeros, which some systems read as octal. */
function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
}

/** True for a canonical IP, or an address made of one, of version 6. */
export function isIpv6(canonical: string): boolean {
  return canonical.startsWith("[") || canonical.indexOf(":") !== canonical.lastIndexOf(":");
}

/** `ip:port`, or `[ip]:port` for IPv6: the canonical string of an address, if its `ip` is canonical. */
export function formatAddress(address: PeerAddress): string {
  return isIpv6(address.ip) ? `[${address.ip}]:${address.port}` : `${address.ip}:${address.port}`;
}

/** Reads `ip:port` or `[ipv6]:port`; null if it is neither. The result's `ip` is canonical. */
export function parseAddress(text: string): PeerAddress | null {
  const match = /^(?:\[([^[\]]+)\]|([^:[\]]+)):([1-9]\d{0,4})$/.exec(text);
  if (match === null) return null;
  const ip = canonicalIp(match[1] ?? match[2]!);
  const port = Number(match[3]);
  // Brackets are for IPv6 only, which the pattern can't see.
  if (ip === null || port > 65_535 || (match[1] !== undefined && !match[1].includes(":"))) {
    return null;
  }
  return { ip, port };
}

/** The canonical string of the address in `text`, or null if it is none. */
export function canonicalAddress(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : formatAddress(address);
}

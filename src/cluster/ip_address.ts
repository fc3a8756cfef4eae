import { isIP } from "node:net";

/**
 * The one spelling of an IP address, to compare by: IPv6 as RFC 5952 writes it, without brackets or
 * zone; an IPv4 address that arrived through an IPv6 socket (`::ffff:10.0.0.1`, RFC 4291 §2.5.5.2)
 * as plain IPv4. Undefined if `text` is no IP address.
 */
export function canonicalIp(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
  const family = isIP(bare);
  if (family === 0) return undefined;
  if (family === 4) return bare;
  const address = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (mapped === null) return address;
  const high = parseInt(mapped[1]!, 16);
  const low = parseInt(mapped[2]!, 16);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

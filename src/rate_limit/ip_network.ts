/** What an IPv4-mapped IPv6 address begins with (RFC 4291 §2.5.5.2). */
const MAPPED_GROUPS: readonly number[] = [0, 0, 0, 0, 0, 0xffff];

/** The eight groups of an address; IPv4 is taken as IPv4-mapped. Null if the text is no IP address. */
export function ipGroups(text: string): readonly number[] | null {
  if (!text.includes(":")) {
    const v4 = ipv4Of(text);
    return v4 < 0 ? null : [...MAPPED_GROUPS, Math.floor(v4 / 65_536), v4 % 65_536];
  }
  const bare = text.replace(/%.*$/, "");
  const halves = bare.split("::");
  if (halves.length > 2) return null;
  const [before, after] = halves.map((half) => half === "" ? [] : groupsOf(half.split(":")));
  if (before === null || before === undefined || after === null) return null;
  if (after === undefined) return before.length === 8 ? before : null;
  const zeros = 8 - before.length - after.length;
  return zeros < 1 ? null : [...before, ...new Array<number>(zeros).fill(0), ...after];
}

/** The 32 bits of a dotted IPv4 address as a whole number, or -1. */
export function ipv4Of(text: string): number {
  const length = text.length;
  if (length < 7 || length > 15) return -1;
  let address = 0, part = 0, digits = 0, dots = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (digits === 0) return -1;
      address = address * 256 + part;
      part = digits = 0;
      dots++;
      continue;
    }
    // A zero in front makes a part octal to some readers.
    if (code < 48 || code > 57 || (digits > 0 && part === 0)) return -1;
    part = part * 10 + code - 48;
    if (part > 255) return -1;
    digits++;
  }
  return dots === 3 && digits > 0 ? address * 256 + part : -1;
}

function groupsOf(texts: readonly string[]): number[] | null {
  const groups: number[] = [];
  for (const [i, text] of texts.entries()) {
    if (text.includes(".")) {
      const v4 = i === texts.length - 1 ? ipv4Of(text) : -1;
      if (v4 < 0) return null;
      groups.push(Math.floor(v4 / 65_536), v4 % 65_536);
    } else if (/^[0-9a-f]{1,4}$/i.test(text)) groups.push(parseInt(text, 16));
    else return null;
  }
  return groups.length <= 8 ? groups : null;
}

/** Whether the groups are those of an IPv4-mapped address, which is IPv4. */
export function isMapped(groups: readonly number[]): boolean {
  return MAPPED_GROUPS.every((group, i) => groups[i] === group);
}

/** A range of addresses. */
export interface IpNetwork {
  readonly groups: readonly number[];
  /** Bits that all of its addresses share, counted in IPv6. */
  readonly bits: number;
}

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address. Null if the text is none of these. */
export function ipNetwork(text: string): IpNetwork | null {
  const [address = "", length, ...more] = text.split("/");
  const groups = ipGroups(address);
  const offset = address.includes(":") ? 0 : 96;
  const bits = length === undefined ? 128 : offset + Number(length);
  const isLength = length === undefined || (/^\d{1,3}$/.test(length) && bits <= 128);
  return groups !== null && isLength && more.length === 0 ? { groups, bits } : null;
}

/** Whether the network holds the address. */
export function holds({ groups, bits }: IpNetwork, address: readonly number[]): boolean {
  for (let i = 0, left = bits; left > 0; i++, left -= 16) {
    const shift = left >= 16 ? 0 : 16 - left;
    if (groups[i]! >> shift !== address[i]! >> shift) return false;
  }
  return true;
}

import { isIP } from "node:net";

/** Name servers that are used at most, as in glibc (`MAXNS`). */
export const NAME_SERVERS_MAX = 3;

/** A name server. */
export interface DnsServer {
  /** An IP literal; IPv6 without brackets, a zone such as `%eth0` allowed. */
  readonly address: string;
  /** 53 in `resolv.conf`, which has no syntax for another one. */
  readonly port: number;
}

/** What `resolv.conf` says, as far as a client that only asks fully qualified names needs it. */
export interface ResolvConf {
  /** In the order to try, {@link NAME_SERVERS_MAX} at most, never empty. */
  readonly servers: readonly DnsServer[];
  /** How long one server may take to answer one try, 1 to 30 seconds. @default {5000} */
  readonly timeoutMs: number;
  /** Rounds over all servers, 1 to 5. @default {2} */
  readonly attempts: number;
  /** One sentence for each thing that was not used, for the log. */
  readonly ignored: readonly string[];
}

const DEFAULT_SERVER: DnsServer = { address: "127.0.0.1", port: 53 };
const LINES_MAX = 1_000;

/**
 * Reads the text of a `resolv.conf` (resolv.conf(5)). `search`, `domain` and `ndots` have no effect,
 * since Muster asks names with the final dot only. Without a usable `nameserver` line it is
 * 127.0.0.1, as in glibc. Never throws: bad lines are told in `ignored`.
 */
export function parseResolvConf(text: string): ResolvConf {
  const servers: DnsServer[] = [];
  const ignored: string[] = [];
  let timeoutMs = 5_000;
  let attempts = 2;
  const lines = text.split("\n");
  if (lines.length > LINES_MAX) ignored.push(`Only the first ${LINES_MAX} lines are read.`);
  for (const line of lines.slice(0, LINES_MAX)) {
    // glibc: a comment starts in the first column, a keyword too, and a value ends at white space.
    const [keyword, ...values] = line.trimEnd().split(/[ \t]+/);
    if (keyword === "nameserver") {
      const address = values[0] ?? "";
      if (isIP(address) === 0) {
        ignored.push(`A nameserver must be an IP address: received ${JSON.stringify(address)}.`);
      } else if (servers.length >= NAME_SERVERS_MAX) {
        ignored.push(`At most ${NAME_SERVERS_MAX} name servers are used: ${address} is not.`);
      } else {
        servers.push({ address, port: 53 });
      }
    } else if (keyword === "options") {
      for (const option of values) {
        timeoutMs = numberOption(option, "timeout", 30, ignored, timeoutMs / 1000) * 1000;
        attempts = numberOption(option, "attempts", 5, ignored, attempts);
      }
    }
  }
  if (servers.length === 0) servers.push(DEFAULT_SERVER);
  return { servers, timeoutMs, attempts, ignored };
}

/** `before`, unless `option` is `<name>:<n>`; n is clamped to 1–`max`, as resolv.conf(5) caps it. */
function numberOption(
  option: string,
  name: string,
  max: number,
  ignored: string[],
  before: number,
): number {
  if (!option.startsWith(`${name}:`)) return before;
  const text = option.slice(name.length + 1);
  if (!/^\d{1,9}$/.test(text)) {
    ignored.push(`Option ${name} must be a whole number: received ${JSON.stringify(text)}.`);
    return before;
  }
  const value = Math.min(max, Math.max(1, Number(text)));
  if (value !== Number(text)) {
    ignored.push(`Option ${name} must be 1 to ${max}: ${text} is taken as ${value}.`);
  }
  return value;
}

/** Reads the file at `path`; a file that can't be read counts as empty and is told in `ignored`. */
export async function readResolvConf(path: string = "/etc/resolv.conf"): Promise<ResolvConf> {
  try {
    return parseResolvConf(await Deno.readTextFile(path));
  } catch (error) {
    const conf = parseResolvConf("");
    return { ...conf, ignored: [`Cannot read ${path}: ${(error as Error).message}.`] };
  }
}

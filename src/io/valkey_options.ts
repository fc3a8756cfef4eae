/** Where a Valkey or Redis is. */
export interface ValkeyOptions {
  /**
   * `redis://[user:password@]host:port[/database]`, or `rediss:` for TLS. What is special in a URL is
   * percent-encoded in user and password.
   */
  readonly url: string;
  /** For a connection to be made, in milliseconds. Default: 1,000. */
  readonly connectTimeoutMs?: number;
  /** A connection that is owed an answer for so long is given up. Default: 5,000. */
  readonly silenceMs?: number;
}

/** What a URL says. */
export interface ValkeyTarget {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  /** There for TLS. */
  readonly tls?: Record<string, never>;
}

/** Options that were checked. */
export interface CheckedValkeyOptions extends Required<Omit<ValkeyOptions, "url">> {
  readonly target: ValkeyTarget;
  /** The URL without secrets. */
  readonly address: string;
}

/** A timer of the platform that is set to more fires at once. */
const MS_MAX = 2 ** 31 - 1;
const PORT_DEFAULT = 6_379;
const DATABASE = /^\/?$|^\/\d{1,9}$/;

/**
 * Checks where a store is said to be.
 *
 * @throws {TypeError} in a sentence that names all options that are wrong.
 */
export function checkedValkeyOptions(options: ValkeyOptions): CheckedValkeyOptions {
  const { url, connectTimeoutMs = 1_000, silenceMs = 5_000 } = Object(options) as ValkeyOptions;
  const parsed = typeof url === "string" ? URL.parse(url) : null;
  const target = targetOf(parsed);
  const problems = [
    typeof target === "string"
      ? `url must be redis://[user:password@]host:port[/database]: received ${target}`
      : null,
    msProblem("connectTimeoutMs", connectTimeoutMs),
    msProblem("silenceMs", silenceMs),
  ].filter((problem) => problem !== null);
  if (parsed === null || typeof target === "string" || problems.length > 0) {
    throw new TypeError(`Cannot connect to a Valkey or Redis: ${problems.join("; ")}`);
  }
  return { target, address: `${parsed.protocol}//${parsed.host}`, connectTimeoutMs, silenceMs };
}

/**
 * What a URL says, or what is wrong with it. A URL has secrets, and where a password isn't encoded they
 * may be in any part of it: so none is told.
 */
function targetOf(url: URL | null): ValkeyTarget | string {
  if (url === null) return "no URL";
  const { protocol, hostname, port, pathname, search, hash } = url;
  if (!["redis:", "rediss:"].includes(protocol)) return `one of ${protocol}`;
  if (hostname === "") return "one without a host";
  if (!DATABASE.test(pathname)) return "one whose path is no number of a database";
  if (search !== "" || hash !== "") return "one with more behind it, after ? or #";
  const [username, password] = [decoded(url.username), decoded(url.password)];
  if (username === null || password === null) {
    return "one whose user or password is not percent-encoded";
  }
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? PORT_DEFAULT : Number(port),
    ...(username === "" ? {} : { username }),
    ...(password === "" ? {} : { password }),
    db: Number(pathname.slice(1)),
    ...(protocol === "rediss:" ? { tls: {} } : {}),
  };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function msProblem(name: string, ms: unknown): string | null {
  if (Number.isInteger(ms) && (ms as number) >= 1 && (ms as number) <= MS_MAX) return null;
  const received = typeof ms === "number" ? `${ms}` : typeof ms;
  return `${name} must be a whole number of milliseconds from 1 to ${MS_MAX}: received ${received}`;
}

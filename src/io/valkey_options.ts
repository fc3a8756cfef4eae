/** Where a Valkey or Redis is. */
export interface ValkeyOptions {
  /** `redis://[user:password@]host:port[/database]`, or `rediss:` for TLS. */
  readonly url: string;
  /** For a connection to be made, in milliseconds. Default: 1,000. */
  readonly connectTimeoutMs?: number;
  /** A connection that is owed an answer for so long is given up. Default: 5,000. */
  readonly silenceMs?: number;
}

/** Options that were checked. */
export interface CheckedValkeyOptions extends Required<ValkeyOptions> {
  /** The URL without secrets. */
  readonly address: string;
}

/** A timer of the platform that is set to more fires at once. */
const MS_MAX = 2 ** 31 - 1;
const DATABASE = /^\/?$|^\/\d{1,9}$/;

/**
 * Checks where a store is said to be.
 *
 * @throws {TypeError} in a sentence that names all options that are wrong.
 */
export function checkedValkeyOptions(options: ValkeyOptions): CheckedValkeyOptions {
  const { url, connectTimeoutMs = 1_000, silenceMs = 5_000 } = Object(options) as ValkeyOptions;
  const parsed = typeof url === "string" ? URL.parse(url) : null;
  const problems = [
    urlProblem(parsed),
    msProblem("connectTimeoutMs", connectTimeoutMs),
    msProblem("silenceMs", silenceMs),
  ].filter((problem) => problem !== null);
  if (parsed === null || problems.length > 0) {
    throw new TypeError(`Cannot connect to a Valkey or Redis: ${problems.join("; ")}`);
  }
  return { url, address: `${parsed.protocol}//${parsed.host}`, connectTimeoutMs, silenceMs };
}

/** What was received is told in parts alone: a URL has secrets. */
function urlProblem(url: URL | null): string | null {
  const rule = "url must be redis://[user:password@]host:port[/database]: received";
  if (url === null) return `${rule} no URL`;
  if (!["redis:", "rediss:"].includes(url.protocol)) return `${rule} one of ${url.protocol}`;
  if (!DATABASE.test(url.pathname)) return `${rule} the database ${url.pathname.slice(1)}`;
  return null;
}

function msProblem(name: string, ms: unknown): string | null {
  if (Number.isInteger(ms) && (ms as number) >= 1 && (ms as number) <= MS_MAX) return null;
  const received = typeof ms === "number" ? `${ms}` : typeof ms;
  return `${name} must be a whole number of milliseconds from 1 to ${MS_MAX}: received ${received}`;
}

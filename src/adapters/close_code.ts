/** The codes of RFC 6455 §7.4.1 and of the registry it set up. */
const REGISTERED_MIN = 1_000;
const REGISTERED_MAX = 1_015;
const OWN_MIN = 3_000;
const OWN_MAX = 4_999;

/**
 * A close code as a label: one of the registered ones, `application` for the two thousand that
 * libraries and applications may choose, else `other`. The code may be the client's.
 */
export function closeCode(code: unknown): string {
  if (typeof code !== "number") return "other";
  if (code >= REGISTERED_MIN && code <= REGISTERED_MAX) return String(code);
  return code >= OWN_MIN && code <= OWN_MAX ? "application" : "other";
}

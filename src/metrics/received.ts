/** What an option was given, as the sentence of an error shows it. */
export function received(value: unknown): string {
  if (value === undefined) return "nothing";
  if (isBeyondJson(value)) return written(value);
  try {
    return JSON.stringify(value, (_key, part) => isBeyondJson(part) ? written(part) : part) ??
      typeof value;
  } catch {
    return typeof value;
  }
}

/** JSON makes null of numbers that are not finite, and has no bigint and no symbol. */
function isBeyondJson(value: unknown): value is number | bigint | symbol {
  return typeof value === "bigint" || typeof value === "symbol" ||
    (typeof value === "number" && !Number.isFinite(value));
}

function written(value: number | bigint | symbol): string {
  if (typeof value === "symbol") return `Symbol(${JSON.stringify(value.description) ?? ""})`;
  return typeof value === "bigint" ? `${value}n` : `${value}`;
}

/** Throws the sentence that a place of a plugin must keep a rule. */
export type Refuse = (where: string, rule: string, received: unknown) => never;

/** Refuses a plugin, which goes by `name`. */
export function refusalOf(name: unknown): Refuse {
  return (where, rule, received) => {
    throw new TypeError(
      `Cannot define the plugin "${name}": ${where} must be ${rule}: received ${shown(received)}`,
    );
  };
}

/** Whether a value has keys. Plugins are data, which may come without types. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  // JSON has no NaN, and no bigint.
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

import { received } from "../metrics/received.ts";

/** Throws the sentence that a place of a plugin must keep a rule. */
export type Refuse = (where: string, rule: string, value: unknown) => never;

/** Refuses a plugin, which goes by `name`. */
export function refusalOf(name: unknown): Refuse {
  return (where, rule, value) => {
    throw new TypeError(
      `Cannot define the plugin "${name}": ${where} must be ${rule}: received ${received(value)}`,
    );
  };
}

/** Whether a value has keys. Plugins are data, which may come without types. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

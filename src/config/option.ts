/** What a parser makes of a text. `rule` completes the sentence "X must be …". */
export type Parsed<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "invalid"; readonly rule: string };

/** Reads the text of one option. Whether other options agree is decided later. */
export type Parser<T> = (text: string) => Parsed<T>;

/** One row of the option table. */
export interface Option<T> {
  /** The environment variable. The flag is made from it: `METRICS_PORT` is `--metrics-port`. */
  readonly env: string;
  readonly parse: Parser<T>;
  /** The value if nothing is set. Undefined where the default depends on other options. */
  readonly default: T;
  /** The default in words for `--help`, where the value itself does not say it. */
  readonly defaultDoc?: string;
  /** One or two sentences for `--help`. */
  readonly doc: string;
  /**
   * A secret is never shown, can be read from a file (`…_FILE`), and is not taken from a flag, as all
   * users of a machine can read the arguments of its processes.
   */
  readonly secret?: true;
  /** Whether the flag may stand without a value, which means `true`. */
  readonly isSwitch?: true;
}

/** A row for each option of a group, or of all. */
export type OptionTable<V> = { readonly [K in keyof V]: Option<V[K]> };

/** `METRICS_PORT` → `--metrics-port`. */
export function flagOf(env: string): string {
  return `--${env.toLowerCase().replaceAll("_", "-")}`;
}

/** The variable that names a file with the secret: `CLUSTER_SECRET` → `CLUSTER_SECRET_FILE`. */
export function fileVariableOf(env: string): string {
  return `${env}_FILE`;
}

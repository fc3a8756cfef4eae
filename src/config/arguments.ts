import { nearestName } from "./nearest_name.ts";
import { fileVariableOf, flagOf, type Option } from "./option.ts";

/** What the command line says, before any value is understood. */
export interface Arguments {
  /** `--help` or `--version`, whichever comes first. */
  readonly request: "help" | "version" | undefined;
  /** Flag → text, for every known flag that was given. */
  readonly texts: ReadonlyMap<string, string>;
  /** The names of `--env-names`. */
  readonly envNames: readonly string[];
  readonly problems: readonly string[];
}

const ENV_NAMES_FLAG = "--env-names";

/**
 * Takes the command line apart. A value follows its flag as `--flag=value` or `--flag value`; a switch
 * may stand alone. `--env-names` is for `deno task start` only and not part of `--help`.
 */
export function readArguments(
  args: readonly string[],
  options: readonly Option<unknown>[],
): Arguments {
  const known = new Map<string, Option<unknown>>();
  for (const option of options) {
    if (option.secret) known.set(flagOf(fileVariableOf(option.env)), option);
    else known.set(flagOf(option.env), option);
  }
  const secretFlags = new Set(options.filter((one) => one.secret).map((one) => flagOf(one.env)));
  const texts = new Map<string, string>();
  const problems: string[] = [];
  let request: Arguments["request"];
  let envNames: readonly string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [, flag = "", inline] = /^([^=]*)(?:=(.*))?$/s.exec(args[i]!) ?? [];
    const next = args[i + 1];
    const hasNext = inline === undefined && next !== undefined && !next.startsWith("--");
    const value = inline ?? (hasNext ? next : undefined);
    if (flag === "--help" || flag === "-h") {
      request ??= "help";
      continue;
    }
    if (flag === "--version" || flag === "-V") {
      request ??= "version";
      continue;
    }
    const option = known.get(flag);
    if (flag === ENV_NAMES_FLAG) {
      envNames = (value ?? "").split(",").filter((name) => name !== "");
    } else if (option === undefined) {
      problems.push(unknownFlag(flag, known.keys(), secretFlags));
    } else if (texts.has(flag)) {
      problems.push(`Cannot use ${flag}: it must be given once: received it again.`);
    } else if (value !== undefined) {
      texts.set(flag, value);
    } else if (option.isSwitch) {
      texts.set(flag, "true");
    } else {
      problems.push(`Cannot use ${flag}: it must be followed by a value: received none.`);
    }
    // The value of an unknown flag is skipped with it: one mistake is told once, and a secret never.
    if (hasNext && flag.startsWith("-")) i++;
  }
  return { request, texts, envNames, problems };
}

function unknownFlag(
  flag: string,
  known: Iterable<string>,
  secretFlags: ReadonlySet<string>,
): string {
  if (secretFlags.has(flag)) {
    return `Cannot use ${flag}: a secret must not be an argument, which all users of the machine ` +
      `can read: use ${flag}-file or the environment.`;
  }
  if (!flag.startsWith("-")) {
    return `Cannot use the argument ${JSON.stringify(flag)}: arguments must be flags: see --help.`;
  }
  const nearest = nearestName(flag, [...known, "--help", "--version"]);
  const hint = nearest === undefined ? "see --help" : `did you mean ${nearest}?`;
  return `Cannot use ${flag}: it is no flag of Muster: ${hint}`;
}

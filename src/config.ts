import { readArguments } from "./config/arguments.ts";
import { assembleConfig, type Config } from "./config/assembled_config.ts";
import { OWN_PREFIXES, possiblyOurs } from "./config/env_prefixes.ts";
import { helpText } from "./config/help.ts";
import { nearestName } from "./config/nearest_name.ts";
import { fileVariableOf, type Option } from "./config/option.ts";
import { OPTION_ROWS, OPTIONS, type OptionValues } from "./config/options.ts";
import { brokenRules, settingsWithoutEffect } from "./config/rules.ts";
import { isServiceLinkName } from "./config/service_link.ts";
import { findText, readVariable, type Sources } from "./config/sources.ts";
import { type PluginNaming, unknownPluginNames } from "./unknown_plugin_names.ts";

export type { Config, DiscoveryConfig } from "./config/assembled_config.ts";

/** Where the configuration is read from. The functions may only be called while parsing. */
export interface ConfigInput {
  /** The value of an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** The command line, without the program. */
  readonly args: readonly string[];
  /** Names of environment variables, to find misspelt ones; `--env-names` adds to them. */
  readonly envNames: readonly string[];
  /** The content of a text file; throws if it can't be read. */
  readonly readFile: (path: string) => string;
  /** The name of this node if `POD_NAME` is not set. */
  readonly hostname: string;
}

/** What to do next: run, show a text, or tell all problems at once and exit with 2. */
export type ConfigOutcome =
  | { readonly kind: "config"; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "version" }
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** Options without which it can't be told which names plugins have. */
const NAMING: readonly (keyof PluginNaming)[] = [
  "plugins",
  "metricsPrefix",
  "dropMetricsGroups",
  "buckets",
];

/**
 * Reads the configuration from flags, environment and secret files. Never throws, and no text it
 * returns holds a secret.
 */
export function parseConfig(input: ConfigInput): ConfigOutcome {
  const args = readArguments(input.args, OPTION_ROWS);
  if (args.request === "help") return { kind: "help", text: helpText(OPTION_ROWS) };
  if (args.request === "version") return { kind: "version" };
  const sources: Sources = { flags: args.texts, env: input.env, readFile: input.readFile };
  const { values, unreadable, problems } = readValues(sources);
  const all = [
    ...args.problems,
    ...problems,
    ...brokenRules(values, unreadable),
    ...(NAMING.some((key) => unreadable.has(key)) ? [] : unknownPluginNames(values)),
  ];
  if (all.length > 0) return { kind: "problems", problems: all };
  const names = new Set([...input.envNames, ...args.envNames]);
  return {
    kind: "config",
    config: assembleConfig(values, input.hostname),
    warnings: [...settingsWithoutEffect(values), ...misspeltVariables(names, sources)],
  };
}

interface ReadValues {
  /** An option that could not be read has its default. */
  readonly values: OptionValues;
  readonly unreadable: ReadonlySet<keyof OptionValues>;
  readonly problems: readonly string[];
}

function readValues(sources: Sources): ReadValues {
  const values: Partial<Record<keyof OptionValues, unknown>> = {};
  const unreadable = new Set<keyof OptionValues>();
  const problems: string[] = [];
  for (const [name, option] of Object.entries(OPTIONS) as [keyof OptionValues, Option<unknown>][]) {
    values[name] = option.default;
    const found = findText(option, sources);
    if (found.kind === "unset") continue;
    if (found.kind === "problem") {
      problems.push(found.problem);
      unreadable.add(name);
      continue;
    }
    const parsed = option.parse(found.text);
    if (parsed.kind === "value") {
      values[name] = parsed.value;
    } else {
      const received = option.secret
        ? `a secret of ${found.text.length} characters`
        : JSON.stringify(found.text);
      problems.push(`Cannot use ${found.name}: it must be ${parsed.rule}: received ${received}.`);
      unreadable.add(name);
    }
  }
  // The table has a row for each key, as its type says, so each key is set now.
  return { values: values as unknown as OptionValues, unreadable, problems };
}

/** A warning for each name that looks like an option and is none. */
function misspeltVariables(names: ReadonlySet<string>, sources: Sources): string[] {
  const known = new Set(
    OPTION_ROWS.flatMap(({ env, secret }) => secret ? [env, fileVariableOf(env)] : [env]),
  );
  const warnings: string[] = [];
  for (const name of possiblyOurs(names).sort()) {
    if (known.has(name) || isServiceLinkName(name)) continue;
    const ours = OWN_PREFIXES.some((prefix) => name.startsWith(prefix));
    // `MUSTER_PORT=tcp://…` and the like. Other names must not be read: permission may be lacking.
    if (ours && name.endsWith("_PORT") && readVariable(sources, name) === undefined) continue;
    // Among names that others use too, `POD_IPS` and `POD_UID` are no misspellings of `POD_IP`.
    const nearest = ours
      ? nearestName(name, known)
      : nearestName(name, known, Math.floor(name.length / 8));
    if (nearest !== undefined) {
      warnings.push(`${name} is no option of Muster and is ignored: did you mean ${nearest}?`);
    } else if (ours) {
      warnings.push(`${name} is no option of Muster and is ignored: see --help.`);
    }
  }
  return warnings;
}

import { fileVariableOf, flagOf, type Option } from "./option.ts";
import { isServiceLinkPort } from "./service_link.ts";

/** Where option texts can come from. */
export interface Sources {
  /** Flag → text, as the command line has them. */
  readonly flags: ReadonlyMap<string, string>;
  /** The value of an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** The content of a text file; throws if there is none. */
  readonly readFile: (path: string) => string;
}

/** The text of an option, and the name under which the user knows it. */
export type Found =
  | { readonly kind: "unset" }
  | { readonly kind: "text"; readonly name: string; readonly text: string }
  | { readonly kind: "problem"; readonly problem: string };

/** Finds the text of `option`: a flag before the environment, and only one of secret and file. */
export function findText(option: Option<unknown>, sources: Sources): Found {
  return option.secret ? findSecret(option, sources) : findPlain(option, sources);
}

/**
 * The environment variable, or undefined. An empty one counts as not set, as manifests often leave
 * them (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ has the
 * same rule), and so does a `…_PORT` that Kubernetes set for a Service.
 */
export function readVariable(sources: Pick<Sources, "env">, name: string): string | undefined {
  const value = sources.env(name);
  if (value === undefined || value === "" || isServiceLinkPort(name, value)) return undefined;
  return value;
}

function findPlain(option: Option<unknown>, sources: Sources): Found {
  const flag = flagOf(option.env);
  const given = sources.flags.get(flag);
  if (given !== undefined) return { kind: "text", name: flag, text: given };
  const text = readVariable(sources, option.env);
  return text === undefined ? { kind: "unset" } : { kind: "text", name: option.env, text };
}

function findSecret(option: Option<unknown>, sources: Sources): Found {
  const fileVariable = fileVariableOf(option.env);
  const flag = flagOf(fileVariable);
  const fileByFlag = sources.flags.get(flag);
  if (fileByFlag !== undefined) return readSecret(flag, fileByFlag, sources);
  const text = readVariable(sources, option.env);
  const file = readVariable(sources, fileVariable);
  if (text !== undefined && file !== undefined) {
    const problem =
      `Cannot use ${option.env}: only one of ${option.env} and ${fileVariable} must ` +
      "be set: received both.";
    return { kind: "problem", problem };
  }
  if (file !== undefined) return readSecret(fileVariable, file, sources);
  return text === undefined ? { kind: "unset" } : { kind: "text", name: option.env, text };
}

function readSecret(name: string, path: string, sources: Sources): Found {
  try {
    const text = sources.readFile(path).replace(/\r?\n$/, "");
    return { kind: "text", name, text };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const problem = `Cannot use ${name}: it must be the path of a readable file: received ` +
      `${JSON.stringify(path)}: ${reason}`;
    return { kind: "problem", problem };
  }
}

import { fileVariableOf, flagOf, type Option } from "./option.ts";

const WIDTH = 100;
const INDENT = "      ";

/** The text of `--help`, made from the option table. */
export function helpText(options: readonly Option<unknown>[]): string {
  return [
    "Muster merges the metrics of many pods into one /metrics.",
    "",
    "Each option is an environment variable or a flag; the flag wins. An empty variable counts as not",
    "set. A secret can be read from a file below /etc/muster, /run/secrets or /var/run/secrets; a line",
    "feed at the end of the file is not part of it.",
    "",
    "  --help, -h",
    `${INDENT}Shows this text.`,
    "  --version, -V",
    `${INDENT}Shows the version.`,
    ...options.flatMap(entry),
    "",
  ].join("\n");
}

function entry(option: Option<unknown>): string[] {
  const file = fileVariableOf(option.env);
  const names = option.secret
    ? [`  ${option.env}`, `  ${file}, ${flagOf(file)} (the path of a file with it)`]
    : [`  ${option.env}, ${flagOf(option.env)}`];
  return [...names, ...wrapped(option.doc), ...wrapped(`Default: ${defaultOf(option)}.`)];
}

function defaultOf(option: Option<unknown>): string {
  if (option.defaultDoc !== undefined) return option.defaultDoc;
  return option.default === undefined ? "not set" : String(option.default);
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (INDENT.length + longer.length <= WIDTH) {
      line = longer;
    } else {
      lines.push(INDENT + line);
      line = word;
    }
  }
  return [...lines, INDENT + line];
}

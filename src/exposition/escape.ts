const HELP_SPECIAL = /[\\\n]/g;
const LABEL_SPECIAL = /[\\"\n]/g;

/** A help text for a text 0.0.4 HELP line: backslash and newline escaped. */
export function escapeHelp(help: string): string {
  return help.replace(HELP_SPECIAL, escapeCharacter);
}

/** A label value to stand between quotes: backslash, quote and newline escaped. */
export function escapeLabelValue(value: string): string {
  return value.replace(LABEL_SPECIAL, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return character === "\n" ? "\\n" : "\\" + character;
}

/** A string in a field is cut to this many characters. */
export const FIELD_CHARS_MAX = 4_096;
/** A line whose fields make it longer than this loses its fields, and says so. */
export const LINE_CHARS_MAX = 65_536;

const LEVEL_COLORS: Readonly<Record<string, number>> = {
  debug: 34,
  info: 32,
  warning: 33,
  error: 31,
};

/** Properties every line has; a field of the same name gets a `_` at its end. */
const OWN_PROPERTIES: ReadonlySet<string> = new Set(["time", "level", "message", "truncated"]);

/**
 * One line of JSON Lines, with its line feed: `time` (RFC 3339, UTC), `level`, `message`, then the
 * fields. Never throws, whatever the fields hold.
 */
export function jsonLine(
  level: string,
  timestampMs: number,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): string {
  const head = { time: new Date(timestampMs).toISOString(), level, message: cut(message) };
  const own: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    own[OWN_PROPERTIES.has(name) ? `${name}_` : name] = value;
  }
  const line = toJson({ ...head, ...own });
  const fits = line !== undefined && line.length <= LINE_CHARS_MAX;
  return `${fits ? line : JSON.stringify({ ...head, truncated: true })}\n`;
}

/** One line for a person: time of day, level, message, then `name=value` for each field. */
export function prettyLine(
  level: string,
  timestampMs: number,
  message: string,
  fields: Readonly<Record<string, unknown>>,
  colors: boolean,
): string {
  const paint = (code: number, text: string) => colors ? `\x1b[${code}m${text}\x1b[0m` : text;
  const time = new Date(timestampMs).toISOString().slice(11, 23);
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${toJson(value) ?? "?"}`);
  const parts = [
    paint(2, time),
    paint(LEVEL_COLORS[level] ?? 0, level.padEnd(7)),
    withoutControls(cut(message)),
    ...(pairs.length === 0
      ? []
      : [paint(2, withoutControls(pairs.join(" ").slice(0, LINE_CHARS_MAX)))]),
  ];
  return `${parts.join(" ")}\n`;
}

/** Undefined for what has no JSON, such as a cycle or a getter that throws. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (_key, part: unknown) => {
      if (typeof part === "string") return cut(part);
      if (typeof part === "bigint") return part.toString();
      if (part instanceof Error) return cut(part.stack ?? `${part.name}: ${part.message}`);
      return part;
    });
  } catch {
    return undefined;
  }
}

function cut(text: string): string {
  return text.length <= FIELD_CHARS_MAX ? text : `${text.slice(0, FIELD_CHARS_MAX)}…`;
}

/** A message may quote what a stranger sent, which must not move the cursor or forge a line. */
function withoutControls(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (control) => {
    return `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

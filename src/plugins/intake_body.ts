/** Events that one request may bring. */
export const INTAKE_EVENTS_MAX = 1_000;

/** One event as it came, or why it could not be read. */
export type IntakeItem =
  | { readonly kind: "event"; readonly value: unknown }
  | { readonly kind: "problem"; readonly problem: string };

/** The events of a request, or why there are none. */
export type IntakeBody =
  | { readonly kind: "items"; readonly items: readonly IntakeItem[] }
  | { readonly kind: "wrong"; readonly reason: string };

/** Reads one event, or an array of events. */
export function parseJsonEvents(text: string): IntakeBody {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return wrong(`it must be JSON: ${(error as Error).message}`);
  }
  const values = Array.isArray(value) ? value : [value];
  return limited(values.map((value) => ({ kind: "event", value })));
}

/** Reads an event a line; empty lines count for nothing. */
export function parseEventLines(text: string): IntakeBody {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length > INTAKE_EVENTS_MAX) return tooMany(lines.length);
  return limited(lines.map(parseLine));
}

function parseLine(line: string): IntakeItem {
  try {
    return { kind: "event", value: JSON.parse(line) };
  } catch (error) {
    return { kind: "problem", problem: `the line must be JSON: ${(error as Error).message}` };
  }
}

function limited(items: readonly IntakeItem[]): IntakeBody {
  if (items.length === 0) return wrong("it must have at least one event");
  return items.length > INTAKE_EVENTS_MAX ? tooMany(items.length) : { kind: "items", items };
}

function tooMany(count: number): IntakeBody {
  return wrong(`it must have at most ${INTAKE_EVENTS_MAX} events: received ${count}`);
}

function wrong(reason: string): IntakeBody {
  return { kind: "wrong", reason };
}

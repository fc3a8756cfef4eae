/** A sample line, read back. */
export interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** A family, read back. */
export interface ParsedFamily {
  readonly name: string;
  readonly help: string | null;
  readonly type: string;
  readonly samples: readonly Sample[];
}

const HELP = /^# HELP ([a-zA-Z_:][\w:]*) (.*)$/s;
const TYPE = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/;
const SAMPLE_NAME = /^[a-zA-Z_:][\w:]*/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"/y;
const VALUE = /^ (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;

/**
 * Reads text 0.0.4 more strictly than any scraper does: it throws at blank lines, timestamps, a
 * missing final newline, a sample outside its family's block, a series or family that comes twice,
 * families out of order, and histograms that do not add up.
 */
export function parseText(text: string): ParsedFamily[] {
  if (text === "") return [];
  if (!text.endsWith("\n")) throw new SyntaxError("The text must end with a newline");
  const families: (ParsedFamily & { samples: Sample[] })[] = [];
  const seen = new Set<string>();
  let help: { name: string; text: string } | null = null;
  for (const line of text.slice(0, -1).split("\n")) {
    const helpMatch = HELP.exec(line);
    const typeMatch = TYPE.exec(line);
    if (helpMatch !== null) {
      if (help !== null) throw new SyntaxError(`Two HELP lines in a row: ${line}`);
      help = { name: helpMatch[1]!, text: unescapeHelp(helpMatch[2]!) };
    } else if (typeMatch !== null) {
      const name = typeMatch[1]!;
      if (help !== null && help.name !== name) throw new SyntaxError(`HELP of another: ${line}`);
      const before = families.at(-1);
      if (before !== undefined && !(before.name < name)) {
        throw new SyntaxError(`"${name}" must come before "${before.name}", and once`);
      }
      if (before !== undefined) checkHistogram(before);
      families.push({ name, help: help?.text ?? null, type: typeMatch[2]!, samples: [] });
      help = null;
    } else {
      const family = families.at(-1);
      if (family === undefined || help !== null) throw new SyntaxError(`No TYPE before: ${line}`);
      const sample = parseSample(line);
      const suffix = sample.name.slice(family.name.length);
      const suffixes = family.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
      if (!sample.name.startsWith(family.name) || !suffixes.includes(suffix)) {
        throw new SyntaxError(`Not a sample of "${family.name}": ${line}`);
      }
      const key = seriesKey(sample.name, sample.labels);
      if (seen.has(key)) throw new SyntaxError(`A series twice: ${line}`);
      seen.add(key);
      family.samples.push(sample);
    }
  }
  if (help !== null) throw new SyntaxError("HELP without TYPE at the end");
  checkHistogram(families.at(-1)!);
  return families;
}

/** A series' identity, whatever the order of its labels. */
export function seriesKey(name: string, labels: ReadonlyMap<string, string>): string {
  return JSON.stringify([name, [...labels].sort(([a], [b]) => a < b ? -1 : 1)]);
}

function parseSample(line: string): Sample {
  const name = SAMPLE_NAME.exec(line)?.[0];
  if (name === undefined) throw new SyntaxError(`Not a line: ${JSON.stringify(line)}`);
  let at = name.length;
  const labels = new Map<string, string>();
  if (line[at] === "{") {
    do {
      LABEL.lastIndex = at + 1;
      const match = LABEL.exec(line);
      if (match === null) throw new SyntaxError(`No label at ${at + 1}: ${line}`);
      if (labels.has(match[1]!)) throw new SyntaxError(`A label twice: ${line}`);
      labels.set(match[1]!, unescapeLabel(match[2]!));
      at = LABEL.lastIndex;
    } while (line[at] === ",");
    if (line[at] !== "}") throw new SyntaxError(`No closing brace at ${at}: ${line}`);
    at++;
  }
  const value = VALUE.exec(line.slice(at))?.[1];
  if (value === undefined) throw new SyntaxError(`No value at ${at}: ${line}`);
  return { name, labels, value: Number(value.replace("Inf", "Infinity")) };
}

function unescapeLabel(escaped: string): string {
  return escaped.replace(/\\(.)/g, (_, character) => character === "n" ? "\n" : character);
}

function unescapeHelp(escaped: string): string {
  return escaped.replace(/\\(.)/gs, (sequence, character) => {
    if (character === "n") return "\n";
    if (character === "\\") return "\\";
    throw new SyntaxError(`Not an escape in HELP: ${sequence}`);
  });
}

function checkHistogram({ name, type, samples }: ParsedFamily): void {
  if (type !== "histogram") return;
  let at = 0;
  while (at < samples.length) {
    const set = seriesKey("", withoutLe(samples[at]!.labels));
    let bound = -Infinity;
    let count = 0;
    for (; samples[at]?.name === `${name}_bucket`; at++) {
      const { labels, value } = samples[at]!;
      const le = Number(labels.get("le")!.replace("+Inf", "Infinity"));
      if (!(le > bound) || value < count) throw new SyntaxError(`Buckets of ${set} must ascend`);
      if (seriesKey("", withoutLe(labels)) !== set) throw new SyntaxError(`${set} has no +Inf`);
      [bound, count] = [le, value];
      if (le === Infinity) {
        at++;
        break;
      }
    }
    const [sum, total] = [samples[at++], samples[at++]];
    const rest = [sum, total].map((sample) => sample && seriesKey(sample.name, sample.labels));
    const expected = [`${name}_sum`, `${name}_count`].map((wanted) =>
      JSON.stringify([wanted, JSON.parse(set)[1]])
    );
    if (bound !== Infinity || rest.join() !== expected.join() || total!.value !== count) {
      throw new SyntaxError(`Histogram ${name} of ${set} does not add up: ${rest.join()}`);
    }
  }
}

function withoutLe(labels: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...labels].filter(([name]) => name !== "le"));
}

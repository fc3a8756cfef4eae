/** An exemplar, read back. */
export interface ParsedExemplar {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  readonly timestamp: number | null;
}

/** A sample line, read back. */
export interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  readonly exemplar: ParsedExemplar | null;
}

/** A family, read back. */
export interface ParsedFamily {
  readonly name: string;
  readonly help: string | null;
  readonly type: string;
  readonly unit: string;
  readonly samples: readonly Sample[];
}

type Syntax = "text" | "openmetrics";

const META = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][\w:]*|"(?:[^"\\\n]|\\[\\"n])+") (.*)$/s;
const SAMPLE_NAME = /^[a-zA-Z_:][\w:]*/;
const QUOTED = /"((?:[^"\\\n]|\\[\\"n])*)"/y;
const LABEL = /([a-zA-Z_]\w*|"(?:[^"\\\n]|\\[\\"n])+")="((?:[^"\\\n]|\\[\\"n])*)"/y;
const NUMBER = /^ (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)/;
const CANONICAL = /^(?:-?\d+\.\d+|-?\d+(?:\.\d+)?e[+-]\d+|[+-]Inf|NaN)$/;

/** The suffixes of the samples of each type. */
const SUFFIXES: Readonly<Record<Syntax, Readonly<Record<string, readonly string[]>>>> = {
  text: {
    counter: [""],
    gauge: [""],
    histogram: ["_bucket", "_sum", "_count"],
    summary: ["", "_sum", "_count"],
  },
  openmetrics: {
    counter: ["_total", "_created"],
    gauge: [""],
    histogram: ["_bucket", "_sum", "_count", "_created"],
    summary: ["", "_sum", "_count", "_created"],
    info: ["_info"],
    stateset: [""],
    unknown: [""],
  },
};

/**
 * Reads text 0.0.4 more strictly than any scraper does: it throws at blank lines, timestamps, a
 * missing final newline, a sample outside its family's block, a series or family that comes twice,
 * families out of order, and histograms that do not add up.
 */
export function parseText(text: string): ParsedFamily[] {
  if (text === "") return [];
  if (!text.endsWith("\n")) throw new SyntaxError("The text must end with a newline");
  return parseLines(text.slice(0, -1).split("\n"), "text");
}

/**
 * Reads OpenMetrics 1.0 as strictly, and throws besides where `# EOF` is not the last line, a unit is
 * not its name's suffix, names could clash with suffixes added, an exemplar is misplaced or too long,
 * a bound is not canonical, or the value of what counts falls below 0.
 */
export function parseOpenMetrics(text: string): ParsedFamily[] {
  if (!text.endsWith("# EOF\n")) throw new SyntaxError("The text must end with # EOF");
  const body = text.slice(0, -"# EOF\n".length);
  if (body !== "" && !body.endsWith("\n")) throw new SyntaxError("# EOF must be a line");
  const families = body === "" ? [] : parseLines(body.slice(0, -1).split("\n"), "openmetrics");
  checkClashes(families);
  families.forEach(checkOpenMetrics);
  return families;
}

/** A series' identity, whatever the order of its labels. */
export function seriesKey(name: string, labels: ReadonlyMap<string, string>): string {
  return JSON.stringify([name, [...labels].sort(([a], [b]) => a < b ? -1 : 1)]);
}

interface OpenFamily extends ParsedFamily {
  help: string | null;
  type: string;
  unit: string;
  readonly samples: Sample[];
}

function parseLines(lines: readonly string[], syntax: Syntax): ParsedFamily[] {
  const families: OpenFamily[] = [];
  const seen = new Set<string>();
  for (const line of lines) {
    const meta = META.exec(line);
    if (meta === null) {
      const sample = parseSample(line, syntax);
      const family = families.at(-1);
      if (family === undefined || family.type === "") throw new SyntaxError(`No TYPE: ${line}`);
      const suffix = sample.name.slice(family.name.length);
      const suffixes = SUFFIXES[syntax][family.type]!;
      if (!sample.name.startsWith(family.name) || !suffixes.includes(suffix)) {
        throw new SyntaxError(`Not a sample of "${family.name}": ${line}`);
      }
      const key = seriesKey(sample.name, sample.labels);
      if (seen.has(key)) throw new SyntaxError(`A series twice: ${line}`);
      seen.add(key);
      family.samples.push(sample);
    } else {
      readMeta(families, meta as unknown as [string, string, string, string], syntax);
    }
  }
  families.forEach((family) => {
    if (family.type === "") throw new SyntaxError(`"${family.name}" has no TYPE`);
    checkHistogram(family);
  });
  return families;
}

function readMeta(
  families: OpenFamily[],
  [line, kind, shown, rest]: readonly [string, string, string, string],
  syntax: Syntax,
): void {
  const name = shown.startsWith('"') ? unescaped(shown.slice(1, -1)) : shown;
  let family = families.at(-1);
  if (family?.name !== name) {
    if (family !== undefined && !(family.name < name)) {
      throw new SyntaxError(`"${name}" must come before "${family.name}", and once`);
    }
    family = { name, help: null, type: "", unit: "", samples: [] };
    families.push(family);
  }
  if (family.samples.length > 0) throw new SyntaxError(`After samples: ${line}`);
  if (kind === "HELP") {
    if (family.help !== null || family.type !== "") throw new SyntaxError(`HELP twice: ${line}`);
    family.help = unescapeHelp(rest, syntax);
  } else if (kind === "TYPE") {
    if (family.type !== "" || SUFFIXES[syntax][rest] === undefined) {
      throw new SyntaxError(`Not a type, or twice: ${line}`);
    }
    family.type = rest;
  } else {
    if (syntax === "text" || family.unit !== "" || rest === "" || !name.endsWith(`_${rest}`)) {
      throw new SyntaxError(`Not a unit of the name, or twice: ${line}`);
    }
    family.unit = rest;
  }
}

function parseSample(line: string, syntax: Syntax): Sample {
  let name = SAMPLE_NAME.exec(line)?.[0] ?? "";
  let at = name.length;
  let labels: ReadonlyMap<string, string> = new Map();
  if (line[at] === "{") {
    let start = at + 1;
    if (name === "") {
      QUOTED.lastIndex = start;
      name = unescaped(QUOTED.exec(line)?.[1] ?? "");
      start = QUOTED.lastIndex;
      if (start === 0) throw new SyntaxError(`No quoted name: ${line}`);
      if (line[start] === ",") start++;
    }
    [labels, at] = parseLabels(line, start);
  }
  if (name === "") throw new SyntaxError(`Not a line: ${JSON.stringify(line)}`);
  const number = NUMBER.exec(line.slice(at));
  if (number === null) throw new SyntaxError(`No value at ${at}: ${line}`);
  at += number[0].length;
  const exemplar = at === line.length ? null : parseExemplar(line, at, syntax);
  return { name, labels, value: numberOf(number[1]!), exemplar };
}

/** Reads labels from `start` to the closing brace; gives what stands after it. */
function parseLabels(line: string, start: number): [Map<string, string>, number] {
  const labels = new Map<string, string>();
  let at = start;
  while (line[at] !== "}") {
    LABEL.lastIndex = at;
    const match = LABEL.exec(line);
    if (match === null) throw new SyntaxError(`No label at ${at}: ${line}`);
    const name = match[1]!.startsWith('"') ? unescaped(match[1]!.slice(1, -1)) : match[1]!;
    if (labels.has(name)) throw new SyntaxError(`A label twice: ${line}`);
    labels.set(name, unescaped(match[2]!));
    at = LABEL.lastIndex;
    if (line[at] === ",") {
      at++;
      if (line[at] === "}") throw new SyntaxError(`A comma too many: ${line}`);
    } else if (line[at] !== "}") throw new SyntaxError(`No closing brace at ${at}: ${line}`);
  }
  return [labels, at + 1];
}

function parseExemplar(line: string, start: number, syntax: Syntax): ParsedExemplar {
  if (syntax === "text" || !line.startsWith(" # {", start)) {
    throw new SyntaxError(`More than a value at ${start}: ${line}`);
  }
  const [labels, end] = parseLabels(line, start + " # {".length);
  const value = NUMBER.exec(line.slice(end));
  if (value === null) throw new SyntaxError(`No exemplar value: ${line}`);
  const rest = line.slice(end + value[0].length);
  const time = rest === "" ? null : NUMBER.exec(rest);
  if (rest !== "" && time?.[0] !== rest) throw new SyntaxError(`Not the end: ${line}`);
  const characters = [...labels].reduce((sum, [a, b]) => sum + [...a].length + [...b].length, 0);
  if (characters > 128) throw new SyntaxError(`An exemplar of ${characters} characters: ${line}`);
  return {
    labels,
    value: numberOf(value[1]!),
    timestamp: time === null ? null : numberOf(time[1]!),
  };
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

function unescaped(escaped: string): string {
  return escaped.replace(/\\(.)/g, (_, character) => character === "n" ? "\n" : character);
}

function unescapeHelp(escaped: string, syntax: Syntax): string {
  if (syntax === "openmetrics" && /(?<!\\)(?:\\\\)*"/.test(escaped)) {
    throw new SyntaxError(`A bare quote in HELP: ${escaped}`);
  }
  return escaped.replace(/\\(.)/gs, (sequence, character) => {
    if (character === "n") return "\n";
    if (character === "\\" || (syntax === "openmetrics" && character === '"')) return character;
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
      const le = numberOf(labels.get("le")!);
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
    const created = samples[at];
    if (created?.name === `${name}_created`) {
      if (seriesKey("", created.labels) !== set) throw new SyntaxError(`${set} is not dated next`);
      at++;
    }
  }
}

function checkClashes(families: readonly ParsedFamily[]): void {
  const claims = new Map<string, string>();
  for (const { name, type } of families) {
    for (const suffix of new Set(["", ...SUFFIXES.openmetrics[type]!])) {
      const other = claims.get(name + suffix);
      if (other !== undefined) {
        throw new SyntaxError(`"${name}" clashes with "${other}" in "${name + suffix}"`);
      }
      claims.set(name + suffix, name);
    }
  }
}

function checkOpenMetrics({ name, type, samples }: ParsedFamily): void {
  for (const { name: sample, labels, value, exemplar } of samples) {
    if (exemplar !== null && !/_(?:total|bucket)$/.test(sample)) {
      throw new SyntaxError(`${sample} must not have an exemplar`);
    }
    if (type === "counter" && !(value >= 0)) {
      throw new SyntaxError(`${sample} must not be ${value}`);
    }
    if (type === "info" && value !== 1) throw new SyntaxError(`${sample} must be 1`);
    if (type === "stateset" && (!labels.has(name) || ![0, 1].includes(value))) {
      throw new SyntaxError(`${sample} must have its state and be 0 or 1`);
    }
    const bound = type === "histogram" ? "le" : "quantile";
    const text = type === "histogram" || type === "summary" ? labels.get(bound) : undefined;
    if (text !== undefined && !CANONICAL.test(text)) {
      throw new SyntaxError(`${sample} has a ${bound} that is not canonical: ${text}`);
    }
    if (bound === "le" && text !== undefined && numberOf(text) < 0) {
      throw new SyntaxError(`${sample} has a negative bound and must not have a sum`);
    }
  }
}

function withoutLe(labels: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...labels].filter(([name]) => name !== "le"));
}

import type { Bar, Outcome, Spread } from "./comparison.ts";

/** Where the numbers are from. */
export function machine(): string {
  const model = /^model name\s*: (.*)$/m.exec(readIfThere("/proc/cpuinfo"))?.[1] ?? "unknown CPU";
  const load = readIfThere("/proc/loadavg").split(" ")[0];
  const gibibytes = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return `${navigator.hardwareConcurrency} × ${model}, ${gibibytes} GiB, ${Deno.build.os} ` +
    `${Deno.build.arch}, Deno ${Deno.version.deno} (V8 ${Deno.version.v8})` +
    (load === undefined || load === "" ? "" : `, load ${load}`);
}

/** What to print when something was measured. */
export function lines(outcome: Outcome): string {
  const rows = outcome.spreads.map((spread) =>
    [`  ${spread.name}: ${withSpread(spread, outcome.unit)}`, ...verdict(outcome, spread)].join(
      ", ",
    )
  );
  return [outcome.title, ...rows].join("\n");
}

/** The page that says how Muster compares. */
export function page(outcomes: readonly Outcome[], where: string, seconds: number): string {
  const bars = outcomes.flatMap((outcome) => outcome.bars.map((bar) => isMet(outcome, bar)));
  return `# Benchmarks

Written by \`deno task bench\` in ${seconds} s on ${where}.

Bars met: ${bars.filter((met) => met).length} of ${bars.length}.

Muster against prom-client 15.1.3, OpenTelemetry's SDK 3.1.0 with its Prometheus exporter 0.301.0,
\`@hono/prometheus\` 1.0.3 and the barest loops that do the same: same labels, same buckets, and only
after all of them showed the same samples. Each group of rows ran in a process of its own, its
contenders by turns. A number is the median of the runs, with the
least and the greatest in brackets. "Against Muster" is the ratio of the medians, and in brackets that
of the least ones, which the load of the machine touches less. Muster's rendering ends with bytes and
includes publishing the values that changed; the others' ends with a string.

| work | who | median (least–greatest) | against Muster | bar | met |
| --- | --- | --- | --- | --- | --- |
${outcomes.flatMap(tableRows).join("\n")}

${outcomes.filter(({ note }) => note !== undefined).map(noteOf).join("\n")}
`;
}

function noteOf({ title, note }: Outcome): string {
  return `- ${title}: ${note}`;
}

function tableRows(outcome: Outcome): string[] {
  return outcome.spreads.map((spread, place) => {
    const bar = outcome.bars.find(({ against }) => against === spread.name);
    const cells = [
      place === 0 ? outcome.title : "",
      spread.name,
      withSpread(spread, outcome.unit),
      place === 0 ? "" : against(outcome, spread),
      bar === undefined ? "" : textOf(bar, outcome.unit),
      bar === undefined ? "" : isMet(outcome, bar) ? "yes" : "**no**",
    ];
    return `| ${cells.join(" | ")} |`;
  });
}

function verdict(outcome: Outcome, spread: Spread): string[] {
  const bar = outcome.bars.find((bar) => bar.against === spread.name);
  const texts = spread === outcome.spreads[0] ? [] : [against(outcome, spread)];
  if (bar === undefined) return texts;
  return [...texts, `bar ${textOf(bar, outcome.unit)} ${isMet(outcome, bar) ? "met" : "NOT MET"}`];
}

function against({ spreads }: Outcome, other: Spread): string {
  const ours = spreads[0]!;
  return `${digits(other.median / ours.median)} × (${digits(other.min / ours.min)})`;
}

function textOf({ kind, times }: Bar, unit: string): string {
  if (kind === "at_most") return `≤ ${digits(times)} ${unit}`;
  return kind === "less" ? `≥ ${times} ×` : `≥ ${digits(1 / times)} ×`;
}

function isMet({ spreads }: Outcome, { against, kind, times }: Bar): boolean {
  const other = spreads.find(({ name }) => name === against);
  if (other === undefined) throw new Error(`BUG: a bar against "${against}", who is not there`);
  const ours = spreads[0]!.median;
  if (kind === "at_most") return ours <= times;
  return kind === "less" ? other.median >= times * ours : ours <= times * other.median;
}

function withSpread({ median, min, max }: Spread, unit: string): string {
  if (min === max) return `${digits(median)} ${unit}`;
  return `${digits(median)} ${unit} (${digits(min)}–${digits(max)})`;
}

function digits(value: number): string {
  return Math.abs(value) < 100 ? String(Number(value.toPrecision(2))) : value.toFixed(0);
}

function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

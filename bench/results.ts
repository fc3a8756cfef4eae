import type { Outcome, Spread } from "./comparison.ts";

/** Where the numbers are from. */
export function machine(): string {
  const model = /^model name\s*: (.*)$/m.exec(readCpuInfo())?.[1] ?? "unknown CPU";
  const gibibytes = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return `${navigator.hardwareConcurrency} × ${model}, ${gibibytes} GiB, ${Deno.build.os} ` +
    `${Deno.build.arch}, Deno ${Deno.version.deno} (V8 ${Deno.version.v8})`;
}

/** One line to print when a comparison is done. */
export function line({ comparison, muster, promClient, ratio }: Outcome): string {
  const { title, unit } = comparison;
  return `${title}: ${withSpread(muster)} ${unit}, prom-client ${
    withSpread(promClient)
  } ${unit}, ` +
    `${ratio.toFixed(1)} × faster`;
}

/** The page that says how Muster compares with prom-client. */
export function page(outcomes: readonly Outcome[], where: string): string {
  const rows = outcomes.map(({ comparison: { title, unit }, muster, promClient, ratio }) =>
    `| ${title} | ${withSpread(muster)} ${unit} | ${withSpread(promClient)} ${unit} | ` +
    `${ratio.toFixed(1)} × |`
  );
  return `# Benchmarks

Written by \`deno task bench\` on ${where}.

Muster against prom-client 15.1.3, in one process, by turns, after checking that both make the same
samples. A time is the median of the runs, with the fastest and the slowest in brackets; the ratio is
of the medians. Muster's rendering ends with bytes and includes publishing the values that changed;
prom-client's ends with a string.

| what | Muster | prom-client | ratio |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}

function withSpread({ median, min, max }: Spread): string {
  return `${digits(median)} (${digits(min)}–${digits(max)})`;
}

function digits(value: number): string {
  return value < 100 ? value.toPrecision(2).replace(/e.*/, "") : value.toFixed(0);
}

function readCpuInfo(): string {
  try {
    return Deno.readTextFileSync("/proc/cpuinfo");
  } catch {
    return "";
  }
}

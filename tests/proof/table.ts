import type { Evidence } from "./evidence.ts";

/** The evidence as README shows it. */
export function table(evidence: Evidence): string {
  const { counted, increase, plainSum, summedIncreases } = evidence;
  const row = (...cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const against = (value: number) => {
    const off = value / counted - 1;
    const share = off > 1 ? `${(off + 1).toFixed(1)} ×` : `${(off * 100).toFixed(2)} %`;
    return `${grouped(value)} (${off >= 0 && off <= 1 ? "+" : ""}${share})`;
  };
  return [
    row("read as", "falls", "`increase()` over the run, against the truth"),
    row("---", "---", "---"),
    row("Muster, one address", String(evidence.resets.length), against(increase)),
    row("the plain sum over pods", String(plainSum.resets), against(plainSum.increase)),
    row("`sum(increase())` over pods", "–", against(summedIncreases)),
    "",
    ...sentences(evidence),
  ].join("\n");
}

function sentences(evidence: Evidence): string[] {
  const { answers, counted, losable, seconds, lives, series, scrapes, answered, answerers } =
    evidence;
  const lost = Math.max(0, counted - answers[0]!);
  return [
    `${
      grouped(counted)
    } requests in ${seconds} s, counted by ${lives} processes. All ${series} merged ` +
    `series that only grow were looked at. The crashes lost ${grouped(lost)} requests, of ` +
    `${
      grouped(losable)
    } that were counted in their last two rounds. Of ${scrapes} scrapes, sent to ` +
    `any pod whether or not it lived, ${answered} were answered, by pods at ${answerers} addresses.`,
  ];
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** The sum of all series of a family in text format 0.0.4, or null where it has none. */
export function sampleSum(exposition: string, family: string): number | null {
  let sum: number | null = null;
  for (const line of exposition.split("\n")) {
    if (!line.startsWith(family)) continue;
    const next = line[family.length];
    if (next !== " " && next !== "{") continue;
    sum = (sum ?? 0) + Number(line.slice(line.lastIndexOf(" ") + 1));
  }
  return sum;
}

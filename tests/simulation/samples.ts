/** The samples of a text exposition by `name{labels}`, of the names that begin with `prefix`. */
export function samplesOf(text: string, prefix: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (!line.startsWith(prefix)) continue;
    const space = line.lastIndexOf(" ");
    const key = line.slice(0, space);
    if (samples.has(key)) throw new Error(`The sample ${key} is there twice.`);
    samples.set(key, Number(line.slice(space + 1)));
  }
  return samples;
}

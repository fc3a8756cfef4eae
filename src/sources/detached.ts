/** Copies that do not keep the text alive which they were cut from. */
export function detached(texts: readonly string[]): readonly string[] {
  return JSON.parse(JSON.stringify(texts));
}

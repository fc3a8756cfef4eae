/** The value of an environment variable; undefined where it is not set or may not be read. */
export function readEnvironment(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}

/** The names of all environment variables; none where they may not be listed. */
export function environmentNames(): string[] {
  try {
    return Object.keys(Deno.env.toObject());
  } catch {
    return [];
  }
}

/**
 * The content of a text file.
 *
 * @throws {Error} if it can't be read.
 */
export function readTextFile(path: string): string {
  return Deno.readTextFileSync(path);
}

/** How the simulation is called. */
export interface SimulateArguments {
  /** The one seed to replay; null for many. */
  readonly seed: number | null;
  readonly seeds: number;
  readonly from: number;
  readonly nodes: number;
  readonly workers: number;
  readonly hasTrace: boolean;
  /** Whether no further world is begun once a promise is broken. */
  readonly stopsAtFirst: boolean;
}

const NUMBERS = ["seed", "seeds", "from", "nodes", "workers"] as const;
const SWITCHES = ["trace", "stop"] as const;

/**
 * Reads `--name N` and switches.
 *
 * @throws {TypeError} if there is an argument that it does not know, or a value that is no number.
 */
export function parseArguments(args: readonly string[]): SimulateArguments {
  const numbers = new Map<string, number>();
  const switches = new Set<string>();
  for (let i = 0; i < args.length; i++) {
    const name = args[i]!.replace(/^--/, "");
    if ((SWITCHES as readonly string[]).includes(name)) switches.add(name);
    else if ((NUMBERS as readonly string[]).includes(name)) {
      const value = Number(args[++i]);
      if (!Number.isInteger(value) || value < 0) {
        throw new TypeError(
          `Cannot simulate: --${name} must be a whole number: received ${JSON.stringify(args[i])}`,
        );
      }
      numbers.set(name, value);
    } else {
      throw new TypeError(
        `Cannot simulate: arguments must be of --${[...NUMBERS, ...SWITCHES].join(", --")}: ` +
          `received ${JSON.stringify(args[i])}`,
      );
    }
  }
  return {
    seed: numbers.get("seed") ?? null,
    seeds: numbers.get("seeds") ?? 100,
    from: numbers.get("from") ?? 1,
    nodes: Math.max(3, numbers.get("nodes") ?? 7),
    workers: numbers.get("workers") ?? 2,
    hasTrace: switches.has("trace"),
    stopsAtFirst: switches.has("stop"),
  };
}

import { FAULTS } from "./faults.ts";

/** How the simulation is called. */
export interface SimulateArguments {
  /** The one seed to replay; null for many. */
  readonly seed: number | null;
  readonly seeds: number;
  readonly from: number;
  readonly nodes: number;
  /** The only kinds of faults there may be; none for all. */
  readonly kinds: readonly string[];
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
  let kinds: readonly string[] = [];
  for (let i = 0; i < args.length; i++) {
    const name = args[i]!.replace(/^--/, "");
    if ((SWITCHES as readonly string[]).includes(name)) switches.add(name);
    else if (name === "faults") kinds = kindsIn(args[++i]);
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
        `Cannot simulate: arguments must be of --${
          [...NUMBERS, ...SWITCHES, "faults"].join(", --")
        }: ` +
          `received ${JSON.stringify(args[i])}`,
      );
    }
  }
  return {
    seed: numbers.get("seed") ?? null,
    seeds: numbers.get("seeds") ?? 100,
    from: numbers.get("from") ?? 1,
    nodes: Math.max(3, numbers.get("nodes") ?? 7),
    kinds,
    workers: numbers.get("workers") ?? 2,
    hasTrace: switches.has("trace"),
    stopsAtFirst: switches.has("stop"),
  };
}

function kindsIn(value = ""): readonly string[] {
  const kinds = value.split(",");
  const unknown = kinds.filter((kind) => !Object.hasOwn(FAULTS, kind));
  if (unknown.length === 0) return kinds;
  throw new TypeError(
    `Cannot simulate: --faults must be of ${Object.keys(FAULTS).join(", ")}: received ${unknown}`,
  );
}

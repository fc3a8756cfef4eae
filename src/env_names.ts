/**
 * Prints the names, never the values, of the environment variables that may be meant for Muster,
 * separated by commas. `deno task start` hands them to `main.ts` as `--env-names=…`: the server runs
 * with so narrow an `--allow-env` that it cannot list the environment, and so could not warn of
 * a misspelt variable.
 *
 * Needs `--allow-env` without a list.
 */
import { possiblyOurs } from "./config/env_prefixes.ts";

if (import.meta.main) {
  // A shell takes the output apart at white space, so only names that a shell can set are printed.
  const names = possiblyOurs(Object.keys(Deno.env.toObject())).filter((name) => /^\w+$/.test(name));
  Deno.stdout.writeSync(new TextEncoder().encode(`${names.sort().join(",")}\n`));
}

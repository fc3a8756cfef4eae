// Measures Muster against others and writes RESULTS.md: `deno task bench`. With names of suites, it
// only prints: `deno task bench merge`. Each suite runs in a process of its own (`--only`), so that
// none suffers from what the ones before left behind in V8.
import type { Outcome } from "./comparison.ts";
import { lines, machine, page } from "./results.ts";
import { measure, SUITES } from "./suites.ts";

const ONLY = "--only";

if (Deno.args[0] === ONLY) {
  await measure(Deno.args[1]!, (outcome) => print(JSON.stringify(outcome)));
} else {
  const started = performance.now();
  const outcomes: Outcome[] = [];
  for (const suite of Deno.args.length === 0 ? SUITES : Deno.args) {
    for (const outcome of await inOwnProcess(suite)) {
      outcomes.push(outcome);
      print(lines(outcome));
    }
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  print(`${seconds} s`);
  if (Deno.args.length === 0) {
    const url = new URL("RESULTS.md", import.meta.url);
    await Deno.writeTextFile(url, page(outcomes, machine(), seconds));
    await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", url.pathname] }).output();
  }
}

async function inOwnProcess(suite: string): Promise<Outcome[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.url, ONLY, suite],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure "${suite}": its process failed`);
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
}

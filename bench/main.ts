// Measures Muster against prom-client and writes RESULTS.md: `deno task bench`.
import { compare, type Outcome } from "./comparison.ts";
import { hotPath } from "./hot_path.ts";
import { merges } from "./merge.ts";
import { renderings } from "./render.ts";
import { line, machine, page } from "./results.ts";

const outcomes: Outcome[] = [];
for (const suite of [hotPath, renderings, merges]) {
  for (const comparison of await suite()) {
    const outcome = await compare(comparison);
    outcomes.push(outcome);
    print(line(outcome));
  }
}
await Deno.writeTextFile(new URL("RESULTS.md", import.meta.url), page(outcomes, machine()));

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
}

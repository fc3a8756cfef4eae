// Proves with real processes what Muster promises: `deno task prove`. With `--write`, README's table
// becomes what was measured; with `--short`, only what the tests do.
import { gatherEvidence, problemsOf } from "./evidence.ts";
import { SHORT, WHOLE } from "./scenario.ts";
import { table } from "./table.ts";

const README = new URL("../../README.md", import.meta.url);
const BEGIN = "<!-- deno task prove --write: begin -->";
const END = "<!-- end -->";

const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

const unknown = Deno.args.filter((arg) => arg !== "--write" && arg !== "--short");
if (unknown.length > 0) {
  say(`Cannot prove anything: options must be --write or --short: received ${unknown.join(" ")}`);
  Deno.exit(2);
}
const evidence = await gatherEvidence(Deno.args.includes("--short") ? SHORT : WHOLE, say);
const text = table(evidence);
say(`\n${text}\n`);
const problems = problemsOf(evidence);
for (const problem of problems) say(`NOT HELD: ${problem}`);
if (problems.length > 0) Deno.exit(1);
if (Deno.args.includes("--write")) {
  const readme = await Deno.readTextFile(README);
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END, from);
  if (from === -1 || to === -1) throw new Error(`README must have "${BEGIN}" and "${END}".`);
  const written = `${readme.slice(0, from + BEGIN.length)}\n\n${text}\n\n${readme.slice(to)}`;
  await Deno.writeTextFile(README, written);
}

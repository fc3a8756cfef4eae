// What the integration test runs as a job: counts what it is told to, and ends.
import { runJob } from "../../mod.ts";

if (import.meta.main) {
  const [count, fails] = [Number(Deno.args[0]), Deno.args[1] === "fail"];
  const { confirmed, asked } = await runJob({ worker: "clean_up" }, ({ registry }) => {
    registry.counter({ name: "it_removed_total", help: "What jobs removed." }).inc(count);
    if (fails) throw new RangeError("half of it");
  });
  Deno.stdout.writeSync(new TextEncoder().encode(`${confirmed} of ${asked}\n`));
}

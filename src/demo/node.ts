// One node of the demo: what an application that uses Muster looks like. Started by main.ts, which sends
// the settings as one line of JSON to standard input, where no other user of the machine reads the secret.
import { systemClock } from "../io/clock.ts";
import { logTapeSink, startLogTape } from "../io/log_logtape.ts";
import { systemRandom } from "../io/random.ts";
import { startMuster } from "../start_muster.ts";
import { startTraffic } from "./traffic.ts";

if (import.meta.main) await main();

async function main(): Promise<void> {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (!line.includes("\n")) {
    const { done, value } = await lines.read();
    if (done) return;
    line += value;
  }
  startLogTape({ level: "error", format: "pretty" });
  const terminated = new Promise<void>((resolve) => Deno.addSignalListener("SIGTERM", resolve));
  // Ctrl-C reaches every process of the terminal. What it means is for the parent to say.
  Deno.addSignalListener("SIGINT", () => {});
  const muster = await startMuster({ settings: JSON.parse(line), log: logTapeSink() });
  const stopTraffic = startTraffic(muster.registry, systemClock, systemRandom);
  // The parent never closes the pipe before it ends: without it, nobody would end this process.
  void lines.read().then(() => Deno.exit(0));
  await terminated;
  stopTraffic();
  await muster.stop();
  Deno.exit(0);
}

import { assertEquals } from "@std/assert";
import { parseConfig } from "../../src/config.ts";
import { systemFiles } from "../../src/io/files.ts";
import { createFetchClient } from "../../src/io/http_fetch.ts";
import { silentLog } from "../../src/io/log.ts";
import { systemRandom } from "../../src/io/random.ts";
import { Runtime } from "../../src/runtime.ts";
import { FakeClock } from "../fake_clock.ts";

const SETTINGS: Readonly<Record<string, string>> = {
  METRICS_LISTEN_HOST: "127.0.0.1",
  METRICS_PORT: "0",
  MUSTER_PLUGINS: "application",
};

Deno.test("a node that stood still more than once publishes on, however its sleep rounds", async () => {
  const clock = new FakeClock();
  const outcome = parseConfig({
    env: (name) => SETTINGS[name],
    args: [],
    envNames: Object.keys(SETTINGS),
    readFile: Deno.readTextFileSync,
    hostname: "a",
  });
  if (outcome.kind !== "config") throw new Error(JSON.stringify(outcome));
  const runtime = await Runtime.start(outcome.config, {
    clock,
    random: systemRandom,
    files: systemFiles,
    http: createFetchClient({ clock }),
    log: silentLog,
    facts: { versions: { deno: "", v8: "", typescript: "" }, startedAtMs: clock.wallMs() },
  });
  const { node } = runtime;
  // 0.001 + (0.009 - 0.001) is more than 0.009.
  for (const [asleepMs, inAll] of [[1, 1], [8, 9], [0, 9]]) {
    clock.jump(2 * outcome.config.heartbeatMs + asleepMs!);
    node.awakeMs();
    assertEquals(node.asleepMs, inAll);
    node.beat();
  }
  await runtime.stop();
});

import { assertEquals, assertRejects } from "@std/assert";
import { startMuster } from "../../mod.ts";
import { METRICS_OPTIONS } from "../../src/config/options/metrics.ts";
import { silentLog } from "../../src/io/log.ts";

const LISTENING = { METRICS_PORT: "0", METRICS_LISTEN_HOST: "127.0.0.1" };

/** What it began must have ended, or the test's sanitizers would find it. */
async function assertStartsNothing(
  settings: Readonly<Record<string, string>>,
  message: string,
): Promise<void> {
  await assertRejects(
    () => startMuster({ settings: { ...LISTENING, ...settings }, log: silentLog }),
    Error,
    message,
  );
}

Deno.test("a start that fails while plugins are installed leaves nothing running", async () => {
  await assertStartsNothing(
    { METRICS_RENAME: "rsolv_signups_total=process_cpu_seconds_total" },
    "process_cpu_seconds_total",
  );
  const wide = Array.from({ length: 1_000 }, (_, i) => i + 1).join(":");
  await assertStartsNothing({
    METRICS_CELLS_MAX: "2000",
    MUSTER_BUCKETS: `validation.duration.milliseconds=${wide}`,
  }, "raise it (METRICS_CELLS_MAX of a node), or register less");
});

Deno.test("a node starts with the least METRICS_CELLS_MAX that is allowed", async () => {
  const { parse } = METRICS_OPTIONS.cellsMax;
  assertEquals([parse("2000").kind, parse("1999").kind], ["value", "invalid"]);
  const settings = { ...LISTENING, METRICS_CELLS_MAX: "2000" };
  await using muster = await startMuster({ settings, log: silentLog });
  const counts = muster.registry.seriesCounts();
  assertEquals(counts.some(({ family }) => family === "rsolv_signups_total"), true);
  assertEquals(counts.filter(({ hasOverflowed }) => hasOverflowed), []);
});

Deno.test("a start that fails with everything made leaves nothing running", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assertStartsNothing(
      { LEDGER_FILE: folder },
      `must be a regular file that this process can read, or not be there`,
    );
  } finally {
    await Deno.remove(folder);
  }
});

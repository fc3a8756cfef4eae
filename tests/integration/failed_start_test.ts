import { assertRejects } from "@std/assert";
import { startMuster } from "../../mod.ts";
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
  await assertStartsNothing({ METRICS_CELLS_MAX: "1000" }, "cells");
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

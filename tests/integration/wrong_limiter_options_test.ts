import { assertThrows } from "@std/assert";
import { type NodeLimiterOptions, startMuster } from "../../mod.ts";
import { silentLog } from "../../src/io/log.ts";

Deno.test("a runtime that is given no options for a limiter says so", async () => {
  await using muster = await startMuster({
    settings: { METRICS_PORT: "0", METRICS_LISTEN_HOST: "127.0.0.1" },
    log: silentLog,
  });
  assertThrows(
    () => muster.createLimiter(undefined as unknown as NodeLimiterOptions),
    TypeError,
    "Cannot make a limiter: its options must be an object: received nothing",
  );
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { until } from "./until.ts";

Deno.test("until gives the first truthy value, and counts an error as not yet", async () => {
  let looks = 0;
  const value = await until(() => {
    looks++;
    if (looks === 1) throw new Error("too early");
    return looks === 3 ? "come" : null;
  }, { what: "it", everyMs: 1 });
  assertEquals([value, looks], ["come", 3]);
});

Deno.test("until tells what it waited for, the last error and the details when time is up", async () => {
  const error = await assertRejects(() =>
    until(() => Promise.reject(new Error("refused")), {
      what: "an answer",
      deadlineMs: 10,
      everyMs: 1,
      details: () => "the log",
    })
  );
  assert(error instanceof Error);
  assertEquals(
    error.message,
    "Waited 10 ms in vain for an answer.\nlast error: refused\nthe log",
  );
});

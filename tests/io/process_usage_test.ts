import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/io/clock.ts";
import { limitsOf, readProcessUsage, readProcUsage, statusOf } from "../../src/io/process_usage.ts";

const READER = new URL("../../src/io/process_usage.ts", import.meta.url).href;

Deno.test("readProcessUsage tells of work and memory that there was", () => {
  const before = readProcessUsage();
  const endMs = systemClock.nowMs() + 50;
  while (systemClock.nowMs() < endMs);
  const buffers = new Uint8Array(32_000_000).fill(1);
  const after = readProcessUsage();
  assert(after.cpuUserSeconds - before.cpuUserSeconds > 0.02);
  assert(after.cpuUserSeconds - before.cpuUserSeconds < 5);
  assert(after.cpuSystemSeconds >= before.cpuSystemSeconds);
  assert(after.externalBytes - before.externalBytes >= buffers.length);
  assert(after.residentBytes > 10_000_000);
  assert(after.heapUsedBytes > 1_000_000 && after.heapUsedBytes <= after.heapSizeBytes);
  assert(after.heapSizeBytes < after.heapLimitBytes);
  const used = after.heapSpaces.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  assert(Math.abs(used - after.heapUsedBytes) < after.heapUsedBytes / 2);
  assert(after.voluntarySwitches + after.involuntarySwitches > 0);
});

Deno.test("readProcessUsage counts what keeps the event loop alive by its type", () => {
  const timersNow = () => readProcessUsage().activeResources.get("Timeout") ?? 0;
  const before = timersNow();
  const cancels = [systemClock.after(60_000, () => {}), systemClock.after(60_000, () => {})];
  assertEquals(timersNow(), before + 2);
  for (const cancel of cancels) cancel();
});

Deno.test("readProcUsage counts descriptors, and knows their limit", async () => {
  const before = readProcUsage();
  const files = await Promise.all([1, 2, 3].map(() => Deno.open(READER.slice("file://".length))));
  const after = readProcUsage();
  for (const file of files) file.close();
  assertEquals(after.openFds! - before.openFds!, 3);
  assert(after.maxFds! > after.openFds!);
  assert(after.threads! >= 1);
  assert(after.virtualBytes! > readProcessUsage().residentBytes);
});

Deno.test("Without permissions all is read but what /proc alone tells, and nobody is asked", async () => {
  const program = `import { readProcessUsage, readProcUsage } from ${JSON.stringify(READER)};
    console.log(JSON.stringify([readProcessUsage().residentBytes > 0, readProcUsage()]));`;
  for (const flags of [[], ["--allow-read=/etc/resolv.conf"], ["--allow-read=/proc"]]) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, "-"],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(program));
    await writer.close();
    const { stdout, stderr } = await child.output();
    assertEquals(new TextDecoder().decode(stdout), "[true,{}]\n", new TextDecoder().decode(stderr));
  }
});

Deno.test("limitsOf and statusOf leave out what a text does not tell", () => {
  const limits =
    "Limit                     Soft Limit           Hard Limit           Units     \n" +
    "Max open files            1024                 524288               files     \n";
  assertEquals(limitsOf(limits), { maxFds: 1024 });
  assertEquals(limitsOf(limits.replace("1024  ", "unlimited")), {});
  assertEquals(limitsOf(undefined), {});
  const status = "Name:\tdeno\nVmPeak:\t  900 kB\nVmSize:\t  800 kB\nThreads:\t12\n";
  assertEquals(statusOf(status), { virtualBytes: 819_200, threads: 12 });
  assertEquals(statusOf("Name:\tdeno\n"), {});
  assertEquals(statusOf(undefined), {});
});

import { assert, assertEquals } from "@std/assert";
import { freePort } from "../servers/free_port.ts";
import { NodeProcess } from "./node_process.ts";
import { sampleOf } from "./running_node.ts";

Deno.test("with the permissions of deno task start a node tells of its process what it may know, and nothing else", async () => {
  await using node = await NodeProcess.start({
    env: {
      METRICS_LISTEN_HOST: "127.0.0.95",
      METRICS_PORT: String(freePort("127.0.0.95")),
      GIT_SHA: "3f2a9c1",
      GIT_AUTHOR: "Ada Lovelace",
    },
  });
  const text = await node.get("/metrics/node");
  const told = [
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "process_heap_bytes",
    "process_start_time_seconds",
    "deno_heap_used_bytes",
    "deno_heap_limit_bytes",
    'deno_heap_space_used_bytes{space="old_space"}',
    'deno_context_switches_total{kind="voluntary"}',
    "application_uptime_seconds",
    'application_git_sha_info{sha="3f2a9c1"}',
    'application_git_author_info{author="Ada Lovelace"}',
    'application_primary_info{name="muster",version="0.1.0"}',
  ];
  assertEquals(told.filter((sample) => !(sampleOf(text, sample)! > 0)), []);
  // Only -A lets them be read, and a number that was made up would look like one.
  const unknown =
    /^(process_open_fds|process_max_fds|process_threads|process_virtual_memory_bytes)[ {]/m;
  assertEquals(unknown.exec(text), null);
  assert(!node.log.includes("NotCapable") && !node.log.includes("poll"), node.log);
});

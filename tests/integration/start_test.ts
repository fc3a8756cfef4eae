import { assertEquals, assertStringIncludes } from "@std/assert";
import { systemClock } from "../../src/io/clock.ts";
import { freePort } from "../servers/free_port.ts";
import { ServerProcess } from "../servers/server_process.ts";
import { until } from "../until.ts";
import { sampleOf } from "./running_node.ts";
import { NodeProcess, processEnvironment } from "./node_process.ts";

/** `deno task start` until it ends by itself. */
async function runStart(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "start", ...args],
    env: { ...processEnvironment(), MUSTER_LOG_FORMAT: "json", ...env },
    clearEnv: true,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("deno task start tells all problems of its configuration at once, and exits with 2", async () => {
  const { code, stderr } = await runStart({
    METRICS_PORT: "many",
    METRICS_AUTH: "bearer",
    CLUSTER_HEARTBEAT_MS: "9000",
  }, ["--no-such-flag"]);
  assertEquals(code, 2, stderr);
  for (
    const each of ["METRICS_PORT", "METRICS_AUTH_TOKEN", "CLUSTER_HEARTBEAT_MS", "no-such-flag"]
  ) {
    assertStringIncludes(stderr, each);
  }
  assertStringIncludes(stderr, "Nothing was started.");
});

Deno.test("deno task start --help and --version answer on standard output and exit with 0", async () => {
  const help = await runStart({}, ["--help"]);
  assertEquals([help.code, help.stderr], [0, ""]);
  assertStringIncludes(help.stdout, "CLUSTER_DNS_NAME");
  const version = await runStart({}, ["--version"]);
  assertEquals([version.code, version.stderr], [0, ""]);
  assertStringIncludes(version.stdout, "muster 0.");
});

Deno.test("deno task start says which port is taken, and exits with 1", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.91", port: 0 });
  const port = String(taken.addr.port);
  const asOps = await runStart({
    METRICS_LISTEN_HOST: "127.0.0.91",
    METRICS_PORT: port,
    PORT: "0",
  });
  assertEquals(asOps.code, 1, asOps.stderr);
  assertStringIncludes(asOps.stderr, `Cannot start: Cannot listen on 127.0.0.91:${port}`);
  const asApp = await runStart({
    METRICS_LISTEN_HOST: "127.0.0.91",
    METRICS_PORT: "0",
    MUSTER_APP_LISTEN_HOST: "127.0.0.91",
    PORT: port,
  });
  assertEquals(asApp.code, 1, asApp.stderr);
  assertStringIncludes(asApp.stderr, `Cannot start: Cannot listen on 127.0.0.91:${port}`);
});

Deno.test("deno task start warns of a misspelt variable", async () => {
  const port = freePort("127.0.0.91");
  await using process = await startTask({ METRICS_PORT: String(port), CLUSTER_DNS_NAMES: "x" });
  assertStringIncludes(process.log, "did you mean CLUSTER_DNS_NAME?");
});

Deno.test("deno task start is ready soon, and on SIGTERM says goodbye and exits with 0", async () => {
  const port = freePort("127.0.0.91");
  const startMs = systemClock.nowMs();
  await using process = await startTask({ METRICS_PORT: String(port) });
  await until(async () => {
    const response = await fetch(`http://127.0.0.91:${port}/readyz`);
    await response.body?.cancel();
    return response.ok;
  }, { what: "/readyz to be 200", everyMs: 5, details: () => process.log });
  const readyMs = systemClock.nowMs() - startMs;
  process.signal("SIGTERM");
  const { code } = await process.ended();
  assertEquals(code, 0, process.log);
  assertStringIncludes(process.log, "Said goodbye");
  say(`deno task start: ready after ${Math.round(readyMs)} ms`);
});

Deno.test("A node starts, answers and ends although no name server does", async () => {
  const port = freePort("127.0.0.91");
  await using node = await NodeProcess.start({
    env: {
      METRICS_LISTEN_HOST: "127.0.0.91",
      METRICS_PORT: String(port),
      CLUSTER_DNS_NAME: "muster.default.svc.cluster.local",
      CLUSTER_DNS_SERVERS: `127.0.0.91:${freePort("127.0.0.91")}`,
    },
  });
  await node.inc(1);
  assertEquals(sampleOf(await node.get("/metrics/node"), "it_requests_total"), 1);
  assertEquals(await node.get("/healthz"), "ok\n");
  assertEquals(await node.terminate(), 0, node.log);
});

Deno.test("A node is ready soon after its process starts", async () => {
  const port = freePort("127.0.0.91");
  const startMs = systemClock.nowMs();
  await using node = await NodeProcess.start({
    env: { METRICS_LISTEN_HOST: "127.0.0.91", METRICS_PORT: String(port) },
  });
  assertEquals(await node.get("/readyz"), "ready\n");
  say(`process: ready after ${Math.round(systemClock.nowMs() - startMs)} ms`);
  assertEquals(await node.terminate(), 0, node.log);
});

function startTask(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  return ServerProcess.start({
    binary: "deno",
    args: ["task", "--quiet", "start"],
    env: {
      ...processEnvironment(),
      MUSTER_LOG_FORMAT: "json",
      METRICS_LISTEN_HOST: "127.0.0.91",
      MUSTER_APP_LISTEN_HOST: "127.0.0.91",
      PORT: "0",
      ...env,
    },
    ready: (log) => log.includes('"appPort"'),
  });
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

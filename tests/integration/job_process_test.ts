import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freePort } from "../servers/free_port.ts";
import { until } from "../until.ts";
import { HeadlessService } from "./headless_service.ts";
import { NodeProcess, processEnvironment, startFlags } from "./node_process.ts";
import { sampleOf } from "./running_node.ts";

const PROGRAM = new URL("job_program.ts", import.meta.url).pathname;
const CLUSTER_SECRET = "a-secret-of-nobody-elses";

/** A job as a process of its own, with the permissions of `deno task start`. */
async function runJobProcess(
  name: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...await startFlags(), PROGRAM, ...args],
    env: {
      ...processEnvironment(),
      POD_NAME: name,
      METRICS_LISTEN_HOST: "127.0.0.1",
      CLUSTER_SECRET,
      ...env,
    },
    clearEnv: true,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("what jobs counted in processes that ended at once is in every node's total", async () => {
  const places = ["127.0.0.93", "127.0.0.94"].map((host) => `${host}:${freePort(host)}`);
  const CLUSTER_PEERS = places.join();
  const start = (place: string, i: number) =>
    NodeProcess.start({
      env: {
        POD_NAME: `node-${i}`,
        METRICS_LISTEN_HOST: place.split(":")[0]!,
        METRICS_PORT: place.split(":")[1]!,
        CLUSTER_HEARTBEAT_MS: "100",
        CLUSTER_SECRET,
        CLUSTER_PEERS,
      },
    });
  await using one = await start(places[0]!, 0);
  await using two = await start(places[1]!, 1);
  const value = async (node: NodeProcess, sample: string) =>
    sampleOf(await node.get("/metrics"), sample);
  for (const node of [one, two]) {
    await until(async () => await value(node, "it_requests_total") !== null, {
      what: "the nodes to be a cluster",
      details: () => node.log,
    });
  }
  const jobs = await Promise.all([
    runJobProcess("job-a", { CLUSTER_PEERS }, ["3"]),
    runJobProcess("job-b", { CLUSTER_PEERS }, ["4"]),
    runJobProcess("job-c", { CLUSTER_PEERS }, ["5", "fail"]),
  ]);
  assertEquals(jobs.map(({ code }) => code), [0, 0, 1], JSON.stringify(jobs));
  // Jobs that meet know each other, too.
  for (const { stdout } of jobs.slice(0, 2)) assertMatch(stdout, /^2 of [234]\n$/);
  assertStringIncludes(jobs[2]!.stderr, "half of it");
  for (const node of [one, two]) {
    assertEquals(await value(node, "it_removed_total"), 12);
    const runs = (state: string) =>
      value(node, `jobs_run_seconds_count{queue="default",state="${state}",worker="clean_up"}`);
    assertEquals([await runs("success"), await runs("failure")], [2, 1]);
  }
  // The peers need not ask a process that is gone.
  await one.untilSeen("job-a", ["left"], 5_000);
});

Deno.test("a job that finds its peers by DNS hands its counts to those that a Service lists", async () => {
  await using service = await HeadlessService.start();
  const place = service.place(93);
  await service.list({ "node-0": place });
  await using node = await service.startNode("node-0", place, { CLUSTER_SECRET });
  const total = async () => sampleOf(await node.get("/metrics"), "it_removed_total");
  const env = { ...service.discovery, METRICS_PORT: String(freePort("127.0.0.1")) };
  const { code, stdout, stderr } = await runJobProcess("job", env, ["3"]);
  assertEquals([code, stdout], [0, "1 of 1\n"], stderr);
  await until(async () => await total() === 3, {
    what: "the node to have the job's count",
    details: () => node.log,
  });
});

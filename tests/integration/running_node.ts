import { parseConfig } from "../../src/config.ts";
import { systemClock } from "../../src/io/clock.ts";
import { systemFiles } from "../../src/io/files.ts";
import { createFetchClient } from "../../src/io/http_fetch.ts";
import { silentLog } from "../../src/io/log.ts";
import { readProcessFacts } from "../../src/io/process_facts.ts";
import { systemRandom } from "../../src/io/random.ts";
import { Runtime } from "../../src/runtime.ts";
import { topologyOf } from "../../src/cluster/topology.ts";
import { until } from "../until.ts";
import type { Place } from "./headless_service.ts";

/** Ten times as fast as the default, so that tests need not wait for rounds. */
const HEARTBEAT_MS = 100;

/** A node in the process of the test, on real sockets, that listens at `place`. */
export async function startRuntime(
  name: string,
  { host, port }: Place,
  env: Readonly<Record<string, string>>,
): Promise<Runtime> {
  const all: Readonly<Record<string, string>> = {
    POD_NAME: name,
    METRICS_LISTEN_HOST: host,
    METRICS_PORT: String(port),
    CLUSTER_HEARTBEAT_MS: String(HEARTBEAT_MS),
    ...env,
  };
  const outcome = parseConfig({
    env: (name) => all[name],
    args: [],
    envNames: Object.keys(all),
    readFile: Deno.readTextFileSync,
    hostname: name,
  });
  if (outcome.kind !== "config") {
    throw new Error(`Cannot start ${name}: ${JSON.stringify(outcome)}`);
  }
  return await Runtime.start(outcome.config, {
    clock: systemClock,
    random: systemRandom,
    files: systemFiles,
    http: createFetchClient({ clock: systemClock, localAddress: host }),
    log: silentLog,
    facts: readProcessFacts(systemRandom),
  });
}

/** Waits until each of the nodes answers for all of them. */
export async function untilTogether(runtimes: readonly Runtime[]): Promise<void> {
  await until(() =>
    runtimes.every(({ node }) => {
      const up = topologyOf(node).members.filter(({ status }) => status === "up");
      return up.length >= runtimes.length && node.exchange.isComplete;
    }), {
    what: `${runtimes.length} nodes to be a cluster`,
    details: () => JSON.stringify(runtimes.map(({ node }) => topologyOf(node)), null, 1),
  });
}

/** An answer of an ops port, read to its end. */
export interface OpsAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A request to the ops port of a node. */
export async function ask(runtime: Runtime, path: string, init?: RequestInit): Promise<OpsAnswer> {
  const { host, port } = runtime.opsAddress;
  const response = await fetch(`http://${host}:${port}${path}`, init);
  const { status, headers } = response;
  return { status, headers, text: await response.text() };
}

/** The value of a sample, such as `up{job="a"}`, in an exposition; null where there is none. */
export function sampleOf(exposition: string, sample: string): number | null {
  const line = exposition.split("\n").find((line) => line.startsWith(`${sample} `));
  return line === undefined ? null : Number(line.slice(sample.length + 1));
}

// Measures what a merged scrape of a large cluster costs the node that answers, over real HTTP. The
// peers and the scraper are another process (`--peers`), so that their work is not counted.
import { ClusterNode } from "../src/cluster/cluster_node.ts";
import { createClusterMetrics } from "../src/cluster/cluster_metrics.ts";
import type { Discovery } from "../src/cluster/discovery_view.ts";
import type { Identity } from "../src/cluster/identity.ts";
import { createHttpLink } from "../src/cluster/peer_link.ts";
import { ClusterExposition } from "../src/http/cluster_exposition.ts";
import { exchangeRoute } from "../src/http/exchange_route.ts";
import { metricsRoutes } from "../src/http/metrics_routes.ts";
import { createScrapeMetrics } from "../src/http/scrape_metrics.ts";
import { type RunningServer, serve } from "../src/http/server.ts";
import { systemClock } from "../src/io/clock.ts";
import { createFetchClient } from "../src/io/http_fetch.ts";
import { silentLog } from "../src/io/log.ts";
import { systemRandom } from "../src/io/random.ts";
import { Registry } from "../src/metrics/registry.ts";
import { createBus } from "../src/telemetry/bus.ts";
import { type Outcome, type Spread, spread } from "./comparison.ts";
import { CpuMeter } from "./cpu_meter.ts";
import { CHANGED_STEP, CLUSTER, EMPTY, helloOf, identityOf, viewOf } from "./crowd.ts";
import { SAMPLES_PER_LABEL_SET, Workload } from "./workload.ts";

const PEERS = "--peers";
const NODES = 50;
const LABEL_SETS = 1_000;
const SECRETS = ["bench-bench-bench-bench"];
const BODY_BYTES_MAX = 4_194_304;
const WARMUPS = 200;
const SCRAPES = 41;
const CPU_MS_MAX = 30;

/** Rows of the results. */
export async function clusterScrapes(): Promise<Outcome[]> {
  await using stack = new AsyncDisposableStack();
  const others = stack.use(await PeerProcess.start());
  const workload = new Workload({ labelSets: LABEL_SETS });
  const { node, server } = answerer(workload, others.addresses);
  stack.use(server);
  const meter = new CpuMeter();
  const url = `http://127.0.0.1:${server.port}/metrics`;
  const measured = async (encoding: string): Promise<Spread> => {
    const times: number[] = [];
    for (let scrape = 0; scrape < WARMUPS + SCRAPES; scrape++) {
      workload.change(CHANGED_STEP);
      await others.change();
      const ms = await meter.measure(() => others.scrape(url, encoding));
      if (scrape >= WARMUPS) times.push(ms);
    }
    return spread(encoding === "gzip" ? "with gzip" : "Muster", times);
  };
  const plain = await measured("identity");
  const gzip = await measured("gzip");
  if (node.state.replicas.size !== NODES - 1) throw new Error("BUG: not all peers were gathered");
  const limit = `the limit of ${CPU_MS_MAX}`;
  const samples = `${NODES} nodes × ${LABEL_SETS * SAMPLES_PER_LABEL_SET / 1000}k samples`;
  return [{
    title: `merged scrape, ${samples}, a tenth of the cells changed, CPU of the node that answers`,
    unit: "ms",
    spreads: [plain, gzip, spread(limit, [CPU_MS_MAX])],
    bars: [{ against: limit, kind: "within", times: 1 }],
    note: "Processor time of the whole process, all threads: signed requests to all peers over " +
      "loopback, reading what changed, merging, rendering, and the answer over HTTP. " +
      `Before it counts, the process has answered ${WARMUPS} times: until then, compiling costs as much.`,
  }];
}

/** The node that is scraped, and its server. */
function answerer(
  workload: Workload,
  addresses: readonly string[],
): { readonly node: ClusterNode; readonly server: RunningServer } {
  const registry = workload.registries.muster;
  const metrics = createClusterMetrics(new Registry());
  const node = new ClusterNode({
    ...common(identityOf(0)),
    own: registry.shard,
    link: createHttpLink({
      http: createFetchClient({ clock: systemClock }),
      clock: systemClock,
      random: systemRandom,
      secrets: SECRETS,
      bodyBytesMax: BODY_BYTES_MAX,
    }),
  });
  node.exchange.setComplete();
  node.discover({ ...viewOf([]), addresses });
  const app = metricsRoutes({
    exposition: new ClusterExposition(node, metrics),
    metrics: createScrapeMetrics(new Registry()),
    path: "/metrics",
    scrapeTimeoutMs: 10_000,
  });
  return { node, server: listen((request, remoteIp) => app.fetch(request, { remoteIp })) };
}

function common(self: Identity) {
  return {
    self,
    cluster: CLUSTER,
    times: { heartbeatMs: 1_000, suspectAfterMs: 5_000, downAfterMs: 10_000 },
    bodyBytesMax: BODY_BYTES_MAX,
    cellsMax: 2_000_000,
    clock: systemClock,
    bus: createBus(silentLog),
    log: silentLog,
    newLife: () => self,
  };
}

function listen(
  handler: (request: Request, remoteIp: string) => Response | Promise<Response>,
): RunningServer {
  return serve({
    host: "127.0.0.1",
    port: 0,
    handler,
    onError: (error) => {
      throw error;
    },
  });
}

/** The other process, as this one sees it. */
class PeerProcess implements AsyncDisposable {
  readonly addresses: readonly string[];
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: AsyncGenerator<string, void>;

  private constructor(
    child: Deno.ChildProcess,
    lines: AsyncGenerator<string, void>,
    addresses: readonly string[],
  ) {
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#lines = lines;
    this.addresses = addresses;
  }

  static async start(): Promise<PeerProcess> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", import.meta.url, PEERS],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = linesOf(child.stdout);
    const { value } = await lines.next();
    return new PeerProcess(child, lines, JSON.parse(value as string));
  }

  /** Lets all peers count. */
  change(): Promise<void> {
    return this.#say({ change: true });
  }

  /** Lets the process scrape. */
  scrape(url: string, encoding: string): Promise<void> {
    return this.#say({ url, encoding });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#lines.next();
    await this.#child.status;
  }

  async #say(order: Order): Promise<void> {
    await this.#input.write(new TextEncoder().encode(JSON.stringify(order) + "\n"));
    const { value } = await this.#lines.next();
    if (value !== "done") throw new Error(`Cannot measure a scrape: ${value}`);
  }
}

type Order = { readonly change: true } | { readonly url: string; readonly encoding: string };

/** The peers, and the scraper. */
async function bePeers(): Promise<void> {
  const peers = Array.from({ length: NODES - 1 }, (_, i) => peer(i + 1));
  // Each knows of all others, so that digests are as long as they are.
  for (const { node } of peers) {
    for (let i = 0; i < NODES; i++) node.answer({ ...EMPTY, hello: helloOf(identityOf(i)) });
  }
  const print = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
  print(JSON.stringify(peers.map(({ server }) => `127.0.0.1:${server.port}`)));
  for await (const line of linesOf(Deno.stdin.readable)) {
    const order: Order = JSON.parse(line);
    if ("change" in order) {
      for (const { workload } of peers) workload.change(CHANGED_STEP);
      print("done");
      continue;
    }
    const headers = { "accept-encoding": order.encoding };
    const response = await fetch(order.url, { headers });
    const { length } = await response.text();
    print(
      response.ok && length > 500_000 ? "done" : `status ${response.status}, ${length} letters`,
    );
  }
  for (const { server } of peers) await server[Symbol.asyncDispose]();
}

function peer(number: number) {
  const workload = new Workload({ labelSets: LABEL_SETS, seed: number });
  workload.changeMuster();
  const registry = workload.registries.muster;
  const node = new ClusterNode({
    ...common(identityOf(number)),
    own: registry.shard,
    link: { send: () => Promise.resolve({ kind: "refused" }) },
  });
  node.exchange.setComplete();
  node.publish();
  const view = viewOf([]);
  const discovery: Discovery = {
    view,
    start() {},
    refresh: () => Promise.resolve(view),
    onView: () => () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const app = exchangeRoute({
    node,
    clock: systemClock,
    discovery,
    metrics: createClusterMetrics(new Registry()),
    secrets: SECRETS,
    bodyBytesMax: BODY_BYTES_MAX,
    bodyTimeoutMs: 10_000,
  });
  const server = listen((request, remoteIp) => app.fetch(request, { remoteIp }));
  return { node, workload, server };
}

async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

if (import.meta.main && Deno.args[0] === PEERS) await bePeers();

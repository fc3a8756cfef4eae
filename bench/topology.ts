// Measures `GET /cluster/topology` in a large cluster: `deno run -A bench/topology.ts`.
import { topologyRoutes } from "../src/http/topology_routes.ts";
import { createNodeThatKnows } from "../tests/integration/exchange_caller.ts";

const MEMBERS = 200;
const WARMUPS = 100;
const RUNS = 500;

const routes = topologyRoutes(createNodeThatKnows(MEMBERS - 1));
const times: number[] = [];
let bytes = 0;
for (let run = 0; run < WARMUPS + RUNS; run++) {
  const startMs = performance.now();
  const response = await routes.request("/cluster/topology");
  bytes = (await response.bytes()).length;
  if (run >= WARMUPS) times.push(performance.now() - startMs);
}
times.sort((a, b) => a - b);
const at = (share: number) => times[Math.floor(share * (RUNS - 1))]!.toFixed(2);
const text =
  `GET /cluster/topology with ${MEMBERS} members, ${bytes} bytes: median ${at(0.5)} ms, ` +
  `99 of 100 within ${at(0.99)} ms\n`;
Deno.stdout.writeSync(new TextEncoder().encode(text));

import { assertEquals } from "@std/assert";
import { topologyRoutes } from "../src/http/topology_routes.ts";
import { createNodeThatKnows } from "../tests/integration/exchange_caller.ts";
import type { Comparison } from "./comparison.ts";

const MEMBERS = 200;

/** `GET /cluster/topology` in a large cluster. */
export function topology(): Comparison[] {
  const routes = topologyRoutes(createNodeThatKnows(MEMBERS - 1));
  const get = async () => await (await routes.request("/cluster/topology")).bytes();
  return [{
    title: `\`GET /cluster/topology\`, ${MEMBERS} members`,
    unit: "ms",
    operations: 1,
    runs: 201,
    warmups: 50,
    bars: [],
    contenders: [{ name: "Muster", run: async () => void await get() }],
    verify: async () => {
      const shown = JSON.parse(new TextDecoder().decode(await get())) as {
        readonly members: unknown[];
      };
      assertEquals(shown.members.length, MEMBERS);
    },
  }];
}

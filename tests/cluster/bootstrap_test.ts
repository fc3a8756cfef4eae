import { assertEquals } from "@std/assert";
import { isFirst, type PeerWord } from "../../src/cluster/bootstrap.ts";
import type { DiscoveryMode } from "../../src/cluster/discovery_view.ts";
import { SimulatedCluster } from "./simulated_cluster.ts";

const SELF = "10.0.0.1:1";
const [A, B] = ["10.0.0.2:1", "10.0.0.3:1"];

interface Case {
  readonly what: string;
  readonly mode?: DiscoveryMode;
  readonly version?: number;
  readonly listed: readonly string[];
  readonly listings?: number;
  readonly words?: Readonly<Record<string, PeerWord>>;
  readonly first: boolean;
}

const CASES: readonly Case[] = [
  { what: "no discovery at all", mode: "none", version: 0, listed: [], first: true },
  { what: "DNS never answered", version: 0, listed: [], first: false },
  { what: "DNS lists nobody, not even this node", listed: [], listings: 0, first: false },
  { what: "DNS listed this node once", listed: [SELF], listings: 1, first: false },
  { what: "DNS listed this node twice", listed: [SELF], listings: 2, first: true },
  { what: "a peer is silent", listed: [SELF, A], first: false },
  { what: "a peer is complete", listed: [SELF, A], words: { [A]: "complete" }, first: false },
  { what: "the peer is new", listed: [SELF, A], words: { [A]: "new" }, first: true },
  { what: "no process is there", listed: [SELF, A], words: { [A]: "refused" }, first: true },
  { what: "another cluster is there", listed: [SELF, A], words: { [A]: "foreign" }, first: true },
  { what: "one of two is silent", listed: [SELF, A, B], words: { [A]: "new" }, first: false },
  {
    what: "one of two is complete",
    listed: [SELF, A, B],
    words: { [A]: "new", [B]: "complete" },
    first: false,
  },
  {
    what: "a list need not name this node",
    mode: "static",
    listed: [A],
    listings: 0,
    words: { [A]: "new" },
    first: true,
  },
  { what: "who is complete is unlisted", listed: [SELF], words: { [A]: "complete" }, first: true },
];

for (const { what, mode = "dns", version = 3, listed, listings = 2, words = {}, first } of CASES) {
  Deno.test(`isFirst says ${first ? "yes" : "no"} where ${what}`, () => {
    const view = { ...new SimulatedCluster(1).view(), mode, version, addresses: listed };
    assertEquals(isFirst(view, new Set([SELF]), listings, new Map(Object.entries(words))), first);
  });
}

import { assertEquals } from "@std/assert";
import type { FleetNode } from "../../src/demo/fleet.ts";
import { mergedSentence, stateTable } from "../../src/demo/state_table.ts";

const NODES: readonly FleetNode[] = [
  {
    name: "node-1",
    endpoint: { ip: "127.0.0.11", port: 4021 },
    phase: "running",
    pid: 77,
    sinceMs: 0,
  },
  {
    name: "node-2",
    endpoint: { ip: "127.0.0.12", port: 4021 },
    phase: "dead",
    pid: 78,
    sinceMs: 0,
  },
];

Deno.test("stateTable puts each node in a line, with what is not known as a dash, and the total below", () => {
  const lines = stateTable({
    nodes: NODES,
    statuses: new Map([["node-1", "up"], ["node-2", "suspect"]]),
    ownOrders: new Map([["node-1", 1_234]]),
    merged: { orders: 5_678, answeredBy: "node-1", scrapes: 3, falls: 0 },
  });
  assertEquals(lines, [
    "node    address          process           cluster says  orders of this life",
    "node-1  127.0.0.11:4021  77       running  up                          1,234",
    "node-2  127.0.0.12:4021  -        dead     suspect                         -",
    "all                                        merged                      5,678",
    "The merged total was given by node-1; it never fell in 3 merged scrapes.",
  ]);
});

Deno.test("mergedSentence tells why there is no total, and does not hide a fall", () => {
  assertEquals(mergedSentence("nobody answers"), "No merged total right now: nobody answers");
  assertEquals(
    mergedSentence({ orders: 1, answeredBy: "node-2", scrapes: 1_000, falls: 2 }),
    "The merged total was given by node-2; IT FELL in 2 of 1,000 merged scrapes.",
  );
});

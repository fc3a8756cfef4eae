import { assertEquals } from "@std/assert";
import { InvalidationLog } from "../../src/cluster/invalidation_log.ts";
import { ENDED_MS, PeerLogs } from "../../src/cluster/invalidation_peers.ts";

const ENTRY = { kind: "key", cache: "users", name: "1" } as const;

Deno.test("PeerLogs forget the log of who has been dead for long, and remember how far it had come", () => {
  const peers = new PeerLogs();
  const peer = peers.begin("a", 1_000, 1_000);
  peer.log.add(ENTRY);
  peer.grewAtMs = 2_000;
  peer.followedAtMs = peer.heardAtMs = 3_000;
  peers.age("a", peer, 4_000);
  peers.age("a", peer, 4_000 + ENDED_MS);
  assertEquals([peer.isForgotten, peers.forgottenAtMs], [false, -Infinity]);
  peers.age("a", peer, 4_001 + ENDED_MS);
  assertEquals([peer.isForgotten, peers.forgottenAtMs], [true, 2_000]);
  peers.age("a", peer, 4_001 + 2 * ENDED_MS);
  assertEquals(peers.get("a"), undefined);
  const { log, heardAtMs, followedAtMs } = peers.begin("a", 9_000_000, 9_000_000);
  assertEquals([log.position, heardAtMs, followedAtMs], [1, 3_000, 3_000]);
});

Deno.test("PeerLogs forget nothing with a log to which nothing ever came", () => {
  const peers = new PeerLogs();
  const peer = peers.begin("a", 0, 0);
  peers.age("a", peer, 0);
  peers.age("a", peer, ENDED_MS + 1);
  assertEquals([peer.isForgotten, peers.forgottenAtMs], [true, -Infinity]);
});

Deno.test("PeerLogs tell what was forgotten in an earlier life with that life's log, and once", () => {
  const peers = new PeerLogs();
  const peer = peers.begin("a", 0, 0);
  peer.grewAtMs = 500;
  peer.confirmed = 7;
  peers.age("a", peer, 1_000);
  peers.age("a", peer, 1_001 + ENDED_MS);
  const own = new InvalidationLog(8);
  own.add(ENTRY);
  peers.takeOver("self", own, 700, 1_002 + ENDED_MS);
  peers.age("a", peer, 1_002 + ENDED_MS);
  const before = peers.get("self")!;
  assertEquals([before.log.after(0), before.forgottenAtMs], [[ENTRY], 500]);
  assertEquals([peers.forgottenAtMs, peer.confirmed], [-Infinity, 0]);
  peers.age("self", before, 1_003 + ENDED_MS);
  peers.age("self", before, 1_004 + 2 * ENDED_MS);
  assertEquals(peers.forgottenAtMs, 700, "and when that is forgotten, with this one's");
});

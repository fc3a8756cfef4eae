import type { Conflict } from "../metrics/merge/contribution.ts";
import type { ClusterNode } from "./cluster_node.ts";
import type { DiscoveryView } from "./discovery_view.ts";
import { isGone, type Member, MEMBER_STATUSES, type MemberStatus } from "./member.ts";

/** One incarnation, for people and programs to read. Times are milliseconds since the Unix epoch. */
export interface TopologyMember {
  /** The node's name. */
  readonly id: string;
  /** Which of its lives this is. */
  readonly incarnation: string;
  /** When it began, by its own wall clock. */
  readonly startedAtMs: number;
  /** Where it said it is and where it answered, as `ip:port`. */
  readonly addresses: readonly string[];
  /** The version of Muster that it runs. */
  readonly version: string;
  /** What this node holds it for. */
  readonly status: MemberStatus;
  /** When it took its status. */
  readonly sinceMs: number;
  /** When its seq last moved, as anybody told; null where that was never seen. */
  readonly lastSeenMs: number | null;
  /** How long its last answer took; null where it has not answered this node. */
  readonly rttMs: number | null;
  /** Whether the newest DNS answer lists it. */
  readonly listedInDns: boolean;
  /** Whether this node's last request to it was answered. */
  readonly reachable: boolean;
  /** Why that request failed; null where it did not. */
  readonly failure: string | null;
  /** Whether another living process uses its name. */
  readonly sharesName: boolean;
  /** This node's copy of its shard; null where there is none. */
  readonly shard: TopologyShard | null;
}

/** The copy of a member's shard. */
export interface TopologyShard {
  /** The version of the copy. */
  readonly seq: number;
  /** Milliseconds since the copy was as new as its owner. */
  readonly ageMs: number;
  /** Series in its layout. */
  readonly series: number;
  /** What its cells take in memory. */
  readonly bytes: number;
}

/** What a node keeps of incarnations that are gone. */
export interface TopologyLedger {
  /** Those whose shards are kept by themselves. */
  readonly shards: number;
  /** Those that were folded into the base, the one sum of all who are long gone. */
  readonly folded: number;
  /** The same on all nodes that hold the same base. */
  readonly baseHash: string;
  /** Series of the base. */
  readonly baseSeries: number;
  /** Cells of the base. */
  readonly baseCells: number;
  /** Series that were forgotten over the budget, with their totals. */
  readonly forgottenSeries: number;
}

/** The cluster as one node sees it: in a partition, others see it otherwise. */
export interface Topology {
  /** Whose view this is. */
  readonly self: { readonly id: string; readonly incarnation: string; readonly cluster: string };
  /** When it was taken. */
  readonly atMs: number;
  /** The view in numbers. */
  readonly summary: {
    /** Incarnations by status. */
    readonly statuses: Readonly<Record<MemberStatus, number>>;
    /** Whether this node holds all that the cluster knows. */
    readonly complete: boolean;
    /** Events since this process began. */
    readonly events: number;
  };
  /** This node first, then by name. */
  readonly members: readonly TopologyMember[];
  /** Incarnations that are gone, and whose counters stay in the totals. */
  readonly departed: readonly TopologyMember[];
  /** Families that the newest merge left out of a node, since others define them differently. */
  readonly conflicts: readonly Conflict[];
  /** What is kept of who is gone. */
  readonly ledger: TopologyLedger;
  /** What discovery knows; null before its first word. */
  readonly dns: DiscoveryView | null;
  /** Addresses that did not answer lately, and why. */
  readonly unreachable: readonly { readonly address: string; readonly reason: string }[];
}

/** The topology as it is now. */
export function topologyOf(node: ClusterNode): Topology {
  const awakeMs = node.awakeMs();
  const atMs = Math.round(node.clock.nowMs());
  const { roster, self } = node.state;
  const statuses = Object.fromEntries(MEMBER_STATUSES.map((status) => [status, 0])) as Record<
    MemberStatus,
    number
  >;
  const members: TopologyMember[] = [];
  const departed: TopologyMember[] = [];
  for (const member of roster.members) {
    statuses[member.status]++;
    (isGone(member.status) ? departed : members).push(describe(node, member, awakeMs, atMs));
  }
  const rank = (member: TopologyMember) => member.incarnation === self.incarnation ? 0 : 1;
  members.sort((a, b) => rank(a) - rank(b) || compare(a.id, b.id));
  departed.sort((a, b) => b.sinceMs - a.sinceMs);
  const unreachable = node.targets().flatMap((address) => {
    const reason = node.failureAt(address);
    return reason === undefined ? [] : [{ address, reason }];
  });
  return {
    self: { id: self.node, incarnation: self.incarnation, cluster: node.cluster },
    atMs,
    summary: { statuses, complete: node.exchange.isComplete, events: node.events.count },
    members,
    departed,
    ledger: ledgerOf(node),
    conflicts: node.conflicts,
    dns: node.view,
    unreachable,
  };
}

function ledgerOf(
  { state: { ledger: { base, shards, forgottenSeries } } }: ClusterNode,
): TopologyLedger {
  return {
    shards: shards.size,
    folded: base.ids.size,
    baseHash: base.hash,
    baseSeries: base.sums.series.length,
    baseCells: base.sums.cellCount,
    forgottenSeries,
  };
}

function describe(
  node: ClusterNode,
  member: Member,
  awakeMs: number,
  atMs: number,
): TopologyMember {
  const { identity, status } = member;
  const isSelf = identity.incarnation === node.state.self.incarnation;
  const epochMs = (memberMs: number) => Math.round(atMs - (awakeMs - memberMs));
  const addresses = isSelf ? [...node.ownAddresses] : [...member.addresses];
  const failures = isSelf ? [] : addresses.map((address) => node.failureAt(address));
  const failure = failures.find((reason) => reason !== undefined) ?? null;
  const hasAnswered = member.rttMs !== null && failures.some((reason) => reason === undefined);
  return {
    id: identity.node,
    incarnation: identity.incarnation,
    startedAtMs: identity.startedAtMs,
    addresses,
    version: identity.version,
    status,
    sinceMs: epochMs(member.sinceMs),
    lastSeenMs: Number.isFinite(member.movedAtMs) ? epochMs(member.movedAtMs) : null,
    rttMs: member.rttMs === null ? null : Math.round(member.rttMs * 100) / 100,
    listedInDns: isSelf
      ? addresses.some((address) => node.view?.addresses.includes(address))
      : node.state.roster.isListed(member),
    reachable: isSelf || (hasAnswered && !isGone(status)),
    failure,
    sharesName: member.sharesName,
    shard: shardOf(node, member, awakeMs),
  };
}

function shardOf(node: ClusterNode, member: Member, awakeMs: number): TopologyShard | null {
  const { incarnation } = member.identity;
  const source = node.state.source(incarnation, null, awakeMs);
  if (source === undefined) return null;
  const { shard, ageMs } = source;
  const bytes = shard.pages.reduce((sum, page) => sum + page.byteLength, 0) +
    (shard.stamps ?? []).reduce((sum, page) => sum + page.byteLength, 0);
  return { seq: shard.seq, ageMs: Math.round(ageMs), series: shard.layout.seriesCount, bytes };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import type { CellRuns } from "./cell_runs.ts";
import type { ExemplarNews } from "../exemplar_news.ts";
import type { Identity, IncarnationId } from "../identity.ts";
import type { InvalidationNews } from "../invalidation.ts";
import type { LayoutAdditions } from "./layout_additions.ts";

/** The version of the wire that this code speaks. Raised when an old reader would misread a message. */
export const WIRE_VERSION = 1;

/** How an incarnation came to be gone. */
export type Departure = "left" | "replaced" | "lost";

/** Who sends this message, and in which state. */
export interface Hello extends Identity {
  /** The cluster's name: two nodes with different ones never exchange anything. */
  readonly cluster: string;
  /** Whether the sender holds all that the cluster knows, so that others may start from it. */
  readonly complete: boolean;
  /** Whether the sender is about to exit. Never turns back. */
  readonly leaving: boolean;
}

/** What the sender knows of one live incarnation. */
export interface DigestRow {
  readonly incarnation: IncarnationId;
  /** The newest seq that the sender heard of. */
  readonly heardSeq: number;
  /** Milliseconds since that seq moved, as far as the sender knows. */
  readonly ageMs: number;
  /** The seq of the copy that the sender holds; 0 for none. */
  readonly heldSeq: number;
  /** The layout revision of that copy. */
  readonly revision: number;
}

/** What the sender knows: who is alive, and one hash for all that are gone. */
export interface Digest {
  readonly rows: readonly DigestRow[];
  /** Equal for equal sets of departed incarnations at equal seqs; 16 hexadecimal digits. */
  readonly departedHash: string;
  /** The same for the folded base. */
  readonly baseHash: string;
}

/** A departed incarnation that the sender holds. */
export interface DepartedRow {
  readonly incarnation: IncarnationId;
  readonly seq: number;
  readonly departure: Departure;
}

/** An incarnation that the sender has folded, and up to which seq. */
export interface FoldedRow {
  readonly incarnation: IncarnationId;
  readonly seq: number;
}

/** What the sender has folded: how many incarnations, and the latest of them. */
export interface FoldedSummary {
  readonly count: number;
  readonly rows: readonly FoldedRow[];
}

/** A part of the bytes of a whole base. */
export interface BasePart {
  /** The base's hash. */
  readonly hash: string;
  readonly bytesTotal: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** One shard that the sender asks for, from what it has on. */
export interface WantedShard {
  readonly incarnation: IncarnationId;
  /** The seq of the copy at hand; 0 for none. */
  readonly sinceSeq: number;
  /** The layout revision of the copy at hand. */
  readonly revision: number;
  /** Where an earlier page ended. */
  readonly resume: PageMark | null;
}

/** Where a page of a shard ended: the seq that the pages together bring, and the next cell to send. */
export interface PageMark {
  readonly seq: number;
  readonly cell: number;
}

/**
 * What the sender asks for: nothing but a digest, all that is newer than its own digest, the
 * answerer's own shard, the listed shards, or the base from an offset of its bytes on. With `own` it says which copy it has, since another
 * incarnation than the one that it expects may answer at the address.
 */
export type Want =
  | { readonly kind: "digest" }
  | { readonly kind: "newer" }
  | { readonly kind: "own"; readonly have: WantedShard | null }
  | { readonly kind: "listed"; readonly shards: readonly WantedShard[] }
  | { readonly kind: "base"; readonly hash: string; readonly offset: number };

/** What is newer in one shard than the copy that the asker has. */
export interface ShardDelta {
  readonly identity: Identity;
  /** Null for a live incarnation. */
  readonly departure: Departure | null;
  /** The seq that the copy has after this delta. */
  readonly seq: number;
  /** The delta holds every cell that changed after this seq. */
  readonly sinceSeq: number;
  /** Milliseconds since `seq` was stamped, as far as the sender knows. */
  readonly ageMs: number;
  /** The place in the layout of the first of `additions`. */
  readonly layoutFrom: number;
  readonly additions: LayoutAdditions;
  readonly cells: CellRuns;
  /** Where this page ends; null for the last or only one. */
  readonly next: PageMark | null;
}

/** One exchange message, request and answer alike. */
export interface Message {
  readonly hello: Hello;
  readonly digest: Digest | null;
  readonly want: Want | null;
  readonly shards: readonly ShardDelta[];
  /** Sent when the departed hashes differ. */
  readonly departed: readonly DepartedRow[] | null;
  /** Sent when the base hashes differ. */
  readonly folded: FoldedSummary | null;
  readonly base: BasePart | null;
  /** Shards that had no room in this answer: ask for them in another request. */
  readonly more: readonly WantedShard[];
  /** Left out where the sender knows of no cache. */
  readonly invalidations?: InvalidationNews;
  /** Left out where nothing is asked or told of exemplars. */
  readonly exemplars?: ExemplarNews;
}

import type { Exemplar } from "../metrics/exemplars.ts";
import type { IncarnationId } from "./identity.ts";

/** Exemplars that one message brings, the newest: a scraper keeps few, and none of them is promised. */
export const EXEMPLARS_TOLD_MAX = 1_000;

/** The exemplar of a counter, a bucket or a bin of a shard. */
export interface PlacedExemplar {
  readonly cell: number;
  readonly exemplar: Exemplar;
}

/** Which exemplars a peer has: those of an incarnation up to a position. */
export interface ExemplarMark {
  readonly incarnation: IncarnationId;
  readonly position: number;
}

/** What a message says of exemplars. */
export interface ExemplarNews {
  /** In a question: what the asker has of the one whom it asks. */
  readonly has: ExemplarMark | null;
  /** In an answer: the answerer's newer ones, the oldest first, and the position that they lead to. */
  readonly told: (ExemplarMark & { readonly exemplars: readonly PlacedExemplar[] }) | null;
}

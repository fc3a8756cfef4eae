import { BaseStage } from "./base_stage.ts";
import { joinPages } from "./delta.ts";
import type { IncarnationId } from "./identity.ts";
import type { ShardDelta, WantedShard } from "./wire/message.ts";

/** What came of a page. */
export type Staged =
  /** All pages are here. */
  | { readonly kind: "whole"; readonly delta: ShardDelta }
  /** More pages follow; `next` asks for the next one. */
  | { readonly kind: "partial"; readonly next: WantedShard }
  /** The page does not continue the ones before, which are dropped. */
  | { readonly kind: "broken" };

/**
 * How long a request is taken to have been on its way, which nobody can tell: a gauge that came with
 * it is not known to be fresh.
 */
const REQUEST_MS = 3_000;

/**
 * Keeps the pages of large shards until each shard is whole, so that no copy is ever half new. One
 * stage serves one conversation with one peer.
 */
export class PageStage {
  /** The same for the parts of the peer's base. */
  readonly base: BaseStage = new BaseStage();
  readonly #begunAtMs: number | null;
  readonly #pages = new Map<IncarnationId, ShardDelta[]>();

  /** `begunAtMs` is when this node began to ask; null for what comes unasked, with a request. */
  constructor(begunAtMs: number | null) {
    this.#begunAtMs = begunAtMs;
  }

  /** How long ago the first page of a shard that is whole now was made, at the most. */
  ageMs(nowMs: number): number {
    return this.#begunAtMs === null ? REQUEST_MS : nowMs - this.#begunAtMs;
  }

  /** Takes the next page of a shard. */
  add(page: ShardDelta): Staged {
    const { incarnation } = page.identity;
    const pages = this.#pages.get(incarnation) ?? [];
    pages.push(page);
    if (page.next !== null) {
      this.#pages.set(incarnation, pages);
      const revision = page.layoutFrom + page.additions.length;
      return {
        kind: "partial",
        next: { incarnation, sinceSeq: page.sinceSeq, revision, resume: page.next },
      };
    }
    this.#pages.delete(incarnation);
    const delta = joinPages(pages);
    return delta === undefined ? { kind: "broken" } : { kind: "whole", delta };
  }
}

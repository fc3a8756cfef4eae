import type { NodeId } from "./identity.ts";

/**
 * The rendezvous hash, or highest random weight (Thaler and Ravishankar, "Using name-based mappings to
 * increase hit rates", IEEE/ACM Transactions on Networking 6(1), 1998): every node scores every key,
 * and the highest score owns it. All who know the same nodes agree without talking, keys spread evenly,
 * and when one of n nodes comes or goes, only about 1/n of the keys change hands: its own.
 */
export class Rendezvous {
  readonly #nodes: readonly NodeId[];
  readonly #hashes: Uint32Array;

  /** Duplicates and the order of `nodes` don't matter. */
  constructor(nodes: Iterable<NodeId>) {
    this.#nodes = [...new Set(nodes)].sort();
    this.#hashes = Uint32Array.from(this.#nodes, hashOf);
  }

  /** The nodes, sorted. */
  get nodes(): readonly NodeId[] {
    return this.#nodes;
  }

  /** Who owns a key; undefined where there is no node. */
  ownerOf(key: string): NodeId | undefined {
    const keyHash = hashOf(key);
    let best = -1;
    let owner: NodeId | undefined;
    for (let i = 0; i < this.#hashes.length; i++) {
      const score = mixed(keyHash ^ this.#hashes[i]!);
      // Of equal scores the first in the order of names wins, for every node alike.
      if (score <= best) continue;
      best = score;
      owner = this.#nodes[i];
    }
    return owner;
  }
}

/** FNV-1a over UTF-16 code units, mixed so that similar names have unlike hashes. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return mixed(hash);
}

/** The finalizer of MurmurHash3 (Austin Appleby, public domain): each bit in moves each bit out. */
function mixed(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

import type { IncarnationId } from "./identity.ts";
import type { Replica } from "./replica.ts";
import type { DepartedRow, Departure } from "./wire/message.ts";

/** A shard that stays in the totals although its incarnation is gone. */
export interface DepartedShard {
  readonly replica: Replica;
  readonly departure: Departure;
}

/**
 * The last shards of incarnations that are gone. What they counted happened, so it stays in every
 * merged counter: the merged value never falls because a process ended.
 */
export class Ledger {
  readonly #shards = new Map<IncarnationId, DepartedShard>();
  #hash: string | null = null;

  /** Every departed shard. */
  get shards(): ReadonlyMap<IncarnationId, DepartedShard> {
    return this.#shards;
  }

  /** The departed shard of an incarnation. */
  get(incarnation: IncarnationId): DepartedShard | undefined {
    return this.#shards.get(incarnation);
  }

  /** Keeps the shard of an incarnation that is gone. */
  add(replica: Replica, departure: Departure): void {
    replica.dropStamps();
    this.#shards.set(replica.identity.incarnation, { replica, departure });
    this.#hash = null;
  }

  /** Gives back the shard of an incarnation that turned out to be alive. */
  take(incarnation: IncarnationId): Replica | undefined {
    const shard = this.#shards.get(incarnation);
    this.#shards.delete(incarnation);
    this.#hash = null;
    return shard?.replica;
  }

  /** Says that a departed shard changed: a later copy of it came in. */
  touch(): void {
    this.#hash = null;
  }

  /** One row for each departed shard, for peers to compare with their own. */
  rows(): DepartedRow[] {
    return Array.from(this.#shards, ([incarnation, { replica, departure }]) => ({
      incarnation,
      seq: replica.seq,
      departure,
    }));
  }

  /**
   * The same 16 hexadecimal digits wherever the same incarnations are departed at the same seqs. How
   * they departed is left out: nodes may rightly differ in it.
   */
  get hash(): string {
    this.#hash ??= hashRows(this.rows());
    return this.#hash;
  }
}

/** FNV-1a over two lanes of 32 bits, over the rows in order of their ids. Not against an attacker. */
function hashRows(rows: readonly DepartedRow[]): string {
  const sorted = rows.map((row) => `${row.incarnation}:${row.seq};`).sort();
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (const row of sorted) {
    for (let i = 0; i < row.length; i++) {
      const code = row.charCodeAt(i);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 13);
    }
  }
  return hex(high) + hex(low);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}

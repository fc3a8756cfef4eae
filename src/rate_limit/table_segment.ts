const SLOTS_MIN = 16;
/** How full it may be: with linear probing, a miss then looks at about eight slots. */
const LOAD_MAX = 0.75;
/** A segment with so large a part of its rows alive has to forget some of them. */
const CROWDED = 0.875;
/** Rows that are looked at to find out which quarter of all expires first. */
const SAMPLE = 64;
/** A fingerprint of zero marks a free slot; the key that really has it is moved beside it. */
const FREE = 0;

/** What a table must know of the rows that it holds. */
export interface Rows {
  /** Cells in a row. */
  readonly width: number;
  /** Milliseconds until the row is as if it had never been; 0 or less where it is so by now. */
  msLeft(cells: Float64Array, at: number): number;
}

/**
 * A hash table with open addressing. Nothing is deleted: rows expire, and their slots are used again.
 * A slot is the fingerprint (8 bytes) and the row beside it, so that finding one is one miss of the cache.
 */
export class TableSegment {
  /** All slots. Replaced when a row is claimed for which there is no room. */
  cells: Float64Array<ArrayBuffer>;
  /** Slots that are not free. */
  used = 0;
  /** Rows that were dropped before they expired. */
  evictions = 0;
  readonly #rows: Rows;
  readonly #rowsMax: number;
  /** Cells in a slot. */
  readonly #stride: number;
  /** The same memory as {@linkcode cells}. */
  #halves: Int32Array<ArrayBuffer>;
  #mask: number;

  constructor(rows: Rows, rowsMax: number, slots: number = SLOTS_MIN) {
    this.#rows = rows;
    this.#rowsMax = rowsMax;
    this.#stride = rows.width + 1;
    this.cells = new Float64Array(this.#stride * slots);
    this.#halves = new Int32Array(this.cells.buffer);
    this.#mask = slots - 1;
  }

  get bytes(): number {
    return this.cells.byteLength;
  }

  /** The first cell of the row with this fingerprint, or -1. */
  find(lo: number, hi: number): number {
    const halves = this.#halves, mask = this.#mask, stride = this.#stride;
    if ((lo | hi) === FREE) lo = 1;
    for (let slot = lo & mask;; slot = slot + 1 & mask) {
      const at = slot * stride;
      const low = halves[2 * at]!, high = halves[2 * at + 1]!;
      if (low === lo && high === hi) return at + 1;
      if ((low | high) === FREE) return -1;
    }
  }

  /** The first cell of a new row for a fingerprint that has none; its cells hold anything. */
  claim(lo: number, hi: number): number {
    if ((lo | hi) === FREE) lo = 1;
    let slot = this.#slotFor(lo);
    if (this.#isFree(slot)) {
      if (this.used >= this.#rowsMax || this.used >= LOAD_MAX * (this.#mask + 1)) {
        this.#rebuild();
        slot = this.#slotFor(lo);
      }
      this.used++;
    }
    return this.#mark(slot, lo, hi);
  }

  /** Rebuilds it without what has expired, if that is worth it. */
  sweep(): void {
    if (this.#mask + 1 === SLOTS_MIN) return;
    if (this.#live() * 4 < this.used * 3) this.#rebuild();
  }

  /** The first slot that may be taken: one that expired, or else the free one that ends the search. */
  #slotFor(lo: number): number {
    let slot = lo & this.#mask;
    while (this.#msLeft(slot) > 0) slot = slot + 1 & this.#mask;
    return slot;
  }

  #mark(slot: number, lo: number, hi: number): number {
    const at = slot * this.#stride;
    this.#halves[2 * at] = lo;
    this.#halves[2 * at + 1] = hi;
    return at + 1;
  }

  #isFree(slot: number): boolean {
    const at = 2 * slot * this.#stride;
    return (this.#halves[at]! | this.#halves[at + 1]!) === FREE;
  }

  #live(): number {
    let live = 0;
    for (let slot = 0; slot <= this.#mask; slot++) if (this.#msLeft(slot) > 0) live++;
    return live;
  }

  /** Of a slot; nothing for a free one. */
  #msLeft(slot: number): number {
    return this.#isFree(slot) ? 0 : this.#rows.msLeft(this.cells, slot * this.#stride + 1);
  }

  /** Moves what has not expired to arrays of the right size; where that is too much, only most of it. */
  #rebuild(): void {
    const live = this.#live();
    // Well before it is full of living rows, so that the next rebuilding is a while away.
    let evict = live > CROWDED * this.#rowsMax ? Math.ceil(live / 4) : 0;
    const evictUpToMs = evict > 0 ? this.#firstQuarterMs() : 0;
    let slots = SLOTS_MIN;
    while (slots < 2 * (live - evict + 1)) slots *= 2;
    const kept = new TableSegment(this.#rows, this.#rowsMax, slots);
    for (let slot = 0; slot <= this.#mask; slot++) {
      const msLeft = this.#msLeft(slot);
      if (msLeft <= 0) continue;
      if (evict > 0 && msLeft <= evictUpToMs) {
        evict--;
        this.evictions++;
      } else kept.#copy(this, slot);
    }
    this.cells = kept.cells;
    this.#halves = kept.#halves;
    this.#mask = kept.#mask;
    this.used = kept.used;
  }

  #copy(from: TableSegment, slot: number): void {
    const at = slot * this.#stride;
    const lo = from.#halves[2 * at]!, hi = from.#halves[2 * at + 1]!;
    let free = lo & this.#mask;
    while (!this.#isFree(free)) free = free + 1 & this.#mask;
    const to = this.#mark(free, lo, hi);
    for (let i = 0; i < this.#rows.width; i++) this.cells[to + i] = from.cells[at + 1 + i]!;
    this.used++;
  }

  /** Until when a quarter of the rows expires, judged by a sample that is spread over all of them. */
  #firstQuarterMs(): number {
    const sample: number[] = [];
    const step = Math.max(1, Math.floor((this.#mask + 1) / (2 * SAMPLE)));
    for (let slot = 0; slot <= this.#mask; slot += step) {
      const msLeft = this.#msLeft(slot);
      if (msLeft > 0) sample.push(msLeft);
    }
    sample.sort((a, b) => a - b);
    return sample[sample.length >> 2] ?? Infinity;
  }
}

import { indexOf, pageOf } from "../metrics/cells.ts";
import type { SummedShard } from "../metrics/merge/folded_sums.ts";
import type { IncarnationId } from "./identity.ts";

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const OTHER_PRIME = 0x85ebca6b;

/**
 * A hash of a base in 16 hexadecimal digits: equal where the same incarnations were folded up to the
 * same seqs into the same sums. Neither the order of the incarnations nor that of the series matters,
 * as each gives a number and those are added up. It is not meant to resist an attacker.
 */
export function hashOfFolded(
  ids: ReadonlyMap<IncarnationId, number>,
  shard: SummedShard,
): string {
  const sum = { low: 0, high: 0 };
  for (const [incarnation, seq] of ids) {
    const one = new Mixer();
    one.text(incarnation);
    one.number(seq);
    one.addTo(sum);
  }
  const { layout } = shard;
  const families = layout.families.map(({ name, type, labelNames, bounds }) =>
    JSON.stringify([name, type, labelNames, bounds])
  );
  for (let series = 0; series < layout.seriesCount; series++) {
    const one = new Mixer();
    one.text(families[layout.familyOf(series)]!);
    for (const value of layout.labelValuesOf(series)) one.text(value);
    const first = layout.firstCellOf(series);
    for (let i = 0; i < layout.cellCountOf(series); i++) mixCell(one, shard, first + i);
    one.addTo(sum);
    for (const number of layout.binsOf(series)) {
      const { schema, sign, index, cell } = layout.binAt(number);
      // Bins have no order of their own: each counts for itself, with its series' number so far.
      const bin = one.copy();
      bin.number((index * 16 + schema + 4) * 3 + sign);
      mixCell(bin, shard, cell);
      bin.addTo(sum);
    }
  }
  return hex(sum.high) + hex(sum.low);
}

function mixCell(mixer: Mixer, { pages, low }: SummedShard, cell: number): void {
  mixer.number(pages[pageOf(cell)]![indexOf(cell)]!);
  mixer.number(low[pageOf(cell)]![indexOf(cell)]!);
}

const FLOAT = new Float64Array(1);
const WORDS = new Uint32Array(FLOAT.buffer);

/** FNV-1a over two lanes of 32 bits. */
class Mixer {
  #low = FNV_OFFSET;
  #high = FNV_PRIME;

  copy(): Mixer {
    const copy = new Mixer();
    copy.#low = this.#low;
    copy.#high = this.#high;
    return copy;
  }

  text(text: string): void {
    this.#word(text.length);
    for (let i = 0; i < text.length; i++) this.#word(text.charCodeAt(i));
  }

  number(value: number): void {
    // One zero: the sign of nothing says nothing.
    FLOAT[0] = value === 0 ? 0 : value;
    this.#word(WORDS[0]!);
    this.#word(WORDS[1]!);
  }

  addTo(sum: { low: number; high: number }): void {
    // The last words must reach all bits before numbers are added.
    sum.low = (sum.low + finished(this.#low)) >>> 0;
    sum.high = (sum.high + finished(this.#high)) >>> 0;
  }

  #word(word: number): void {
    this.#low = Math.imul(this.#low ^ word, FNV_PRIME);
    this.#low ^= this.#low >>> 15;
    this.#high = Math.imul(this.#high ^ word, OTHER_PRIME);
    this.#high ^= this.#high >>> 13;
  }
}

/** The finisher of MurmurHash3: every bit of the input reaches every bit of the output. */
function finished(lane: number): number {
  let hash = lane ^ (lane >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}

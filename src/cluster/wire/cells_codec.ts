import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { CellRuns } from "./cell_runs.ts";

const CELLS_MAX = 2 ** 26;

/**
 * Writes runs of cells. A run begins with the gap to the end of the one before, doubled, plus one
 * where a length of at least two follows: a lone changed cell costs one byte besides its value.
 */
export function writeCells(to: ByteWriter, cells: CellRuns): void {
  to.varint(cells.runCount);
  const values = cells.values;
  let end = 0;
  let at = 0;
  for (let run = 0; run < cells.runCount; run++) {
    const first = cells.firstOf(run);
    const length = cells.lengthOf(run);
    to.varint((first - end) * 2 + (length > 1 ? 1 : 0));
    if (length > 1) to.varint(length - 2);
    for (let i = 0; i < length; i++) to.cell(values[at++]!);
    end = first + length;
  }
}

/** Reads runs of cells; throws a `WireError` for what no writer writes. */
export function readCells(from: ByteReader): CellRuns {
  const runs = from.count(from.left, "the number of cell runs");
  // A cell takes a byte at least: what is left is room for all, and little more than they need.
  const cells = CellRuns.reused(runs, from.left);
  let end = 0;
  for (let run = 0; run < runs; run++) {
    const head = from.varint();
    const isLong = head % 2 === 1;
    const first = end + (isLong ? (head - 1) / 2 : head / 2);
    const length = isLong ? from.varint() + 2 : 1;
    if (first + length > CELLS_MAX) {
      from.fail(`a cell's number must be below ${CELLS_MAX}: received ${first + length - 1}`);
    }
    // A cell takes a byte at least, so a length can't ask for more memory than was sent.
    if (length > from.left) from.fail(`${length} cells are announced and ${from.left} bytes left`);
    const at = cells.addRun(first, length);
    from.cells(cells.values, at, length);
    end = first + length;
  }
  return cells;
}

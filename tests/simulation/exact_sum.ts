/**
 * The sum of the values, rounded once (Shewchuk 1997, as Python's `math.fsum`): another algorithm than
 * the one under test, and right in every order.
 */
export function exactSum(values: Iterable<number>): number {
  const partials: number[] = [];
  for (let x of values) {
    let kept = 0;
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low !== 0) partials[kept++] = low;
      x = high;
    }
    partials.length = kept;
    partials.push(x);
  }
  return roundedSum(partials);
}

function roundedSum(partials: readonly number[]): number {
  let at = partials.length - 1;
  if (at < 0) return 0;
  let high = partials[at]!;
  let low = 0;
  while (at > 0) {
    const x = high;
    const y = partials[--at]!;
    high = x + y;
    low = y - (high - x);
    if (low !== 0) break;
  }
  // Half way between two floats, what is left decides.
  if (at > 0 && ((low < 0 && partials[at - 1]! < 0) || (low > 0 && partials[at - 1]! > 0))) {
    const twice = low * 2;
    const x = high + twice;
    if (twice === x - high) return x;
  }
  return high;
}

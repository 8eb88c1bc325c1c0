/** Ranges as engines take them: `[start0, end0, start1, end1, …]`, ascending and disjoint. */

/** The end of the range that contains `position`; 0 where none does. */
export function rangeEnd(ranges: Int32Array, position: number): number {
  let [low, high] = [0, ranges.length / 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[2 * middle] <= position) low = middle + 1;
    else high = middle;
  }
  return low > 0 && position < ranges[2 * low - 1] ? ranges[2 * low - 1] : 0;
}

/** The positions below `length` in the ranges, ascending. */
export function* positionsIn(ranges: Int32Array, length: number): Generator<number> {
  for (let range = 0; range < ranges.length; range += 2) {
    const end = Math.min(ranges[range + 1], length);
    for (let position = ranges[range]; position < end; position++) yield position;
  }
}

/** The same, from the last one on. */
export function* positionsFromEnd(ranges: Int32Array, length: number): Generator<number> {
  for (let range = ranges.length - 2; range >= 0; range -= 2) {
    for (let position = Math.min(ranges[range + 1], length) - 1; position >= ranges[range]; position--) yield position;
  }
}

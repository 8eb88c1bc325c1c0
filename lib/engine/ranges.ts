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

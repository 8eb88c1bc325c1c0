/** How many of `count` ordered entries satisfy a condition that holds for the first ones and for none after them. */
export function countUpTo(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

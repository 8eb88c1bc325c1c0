/** At each index: how many symbols from there on are those at the beginning (the Z algorithm). */
export function repeatsOf(symbols: ArrayLike<number>): number[] {
  const repeats = [symbols.length];
  let [start, end] = [0, 0];
  for (let i = 1; i < symbols.length; i++) {
    let same = i < end ? Math.min(repeats[i - start], end - i) : 0;
    while (i + same < symbols.length && symbols[i + same] === symbols[same]) same++;
    if (i + same > end) [start, end] = [i, i + same];
    repeats.push(same);
  }
  return repeats;
}

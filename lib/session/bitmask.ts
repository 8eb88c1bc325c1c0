/** Sets bit `id % 32` of word `id >> 5` for every id, and no other bit of the row. */
export function writeBitmask(words: Int32Array, ids: Int32Array): void {
  words.fill(0);
  for (let i = 0; i < ids.length; i++) words[ids[i] >> 5] |= 1 << ids[i];
}

/** Words of a bitmask over `width` ids. */
export function bitmaskWords(width: number): number {
  return Math.ceil(width / 32);
}

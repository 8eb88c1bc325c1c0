/** Odd multipliers of the mixing step: the golden ratio's fraction and that of the square root of 2. */
const GOLDEN_RATIO = 0x9e3779b1;
const SQUARE_ROOT_OF_2 = 0x6a09e667;

/**
 * The `counter`th number in [0, 1) of the stream that `seed` names, in steps of 2^-53. Counter-based: there is no
 * state to copy or to lose, and any draw can be repeated from the two integers.
 * @param seed an integer in [0, 2^53)
 * @param counter an integer in [0, 2^53)
 */
export function uniformAt(seed: number, counter: number): number {
  const high = hash(seed, counter, 1);
  const low = hash(seed, counter, 2);
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}

/** Absorbs the four words of the two integers, mixing after each. */
function hash(seed: number, counter: number, lane: number): number {
  let state = Math.imul(lane, GOLDEN_RATIO);
  state = mix(state ^ seed);
  state = mix(state ^ Math.floor(seed / 2 ** 32));
  state = mix(state ^ counter);
  return mix(state ^ Math.floor(counter / 2 ** 32));
}

function mix(word: number): number {
  let mixed = word + GOLDEN_RATIO;
  mixed = Math.imul(mixed ^ (mixed >>> 16), GOLDEN_RATIO);
  mixed = Math.imul(mixed ^ (mixed >>> 15), SQUARE_ROOT_OF_2);
  return mixed ^ (mixed >>> 16);
}

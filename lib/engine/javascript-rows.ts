import type { Sampling } from "./engine.js";

/** See `Engine.maskedFill`. */
export function maskedFill(row: Float32Array, allowed: Int32Array, value: number): void {
  // Bits are carried as integers: a NaN that passes through a JavaScript number may lose its payload.
  const bits = new Int32Array(row.buffer, row.byteOffset, row.length);
  const kept = new Int32Array(allowed.length);
  for (let i = 0; i < allowed.length; i++) kept[i] = bits[allowed[i]];
  row.fill(value);
  for (let i = 0; i < allowed.length; i++) bits[allowed[i]] = kept[i];
}

/** See `Engine.sample`. */
export function sample(
  row: Float32Array,
  width: number,
  ids: Int32Array | null,
  sampling: Sampling,
  uniform: number,
): number {
  const choices = finiteIds(row, width, ids);
  if (choices.length === 0) return -1;
  let best = choices[0];
  for (const id of choices) if (row[id] > row[best]) best = id;
  if (sampling.temperature === 0) return best;

  const weight = (logit: number) => Math.exp((logit - row[best]) / sampling.temperature);
  const cut = cutByRank(row, choices, weight, sampling);
  const shares = new Float64Array(choices.length);
  let total = 0;
  let ties = 0;
  for (let i = 0; i < choices.length; i++) {
    const logit = row[choices[i]];
    if (logit < cut.lowest || (logit === cut.lowest && ++ties > cut.ties)) continue;
    const share = weight(logit);
    // The most probable token weighs 1.
    if (share < sampling.minP) continue;
    shares[i] = share;
    total += share;
  }
  return choices[drawIndex(shares, uniform * total)];
}

function finiteIds(row: Float32Array, width: number, ids: Int32Array | null): Int32Array {
  const finite = new Int32Array(ids === null ? width : ids.length);
  let count = 0;
  for (let i = 0; i < finite.length; i++) {
    const id = ids === null ? i : ids[i];
    if (Number.isFinite(row[id])) finite[count++] = id;
  }
  return finite.subarray(0, count);
}

/**
 * What `topK` and `topP` leave, ranked by logit and among equals by id: everything above `lowest`, and of the entries
 * equal to it the first `ties`.
 */
function cutByRank(row: Float32Array, choices: Int32Array, weight: (logit: number) => number, sampling: Sampling) {
  const { topK, topP } = sampling;
  const everything = { lowest: -Infinity, ties: 0 };
  if ((topK === 0 || topK >= choices.length) && topP === 1) return everything;
  const ranked = new Float32Array(choices.length);
  for (let i = 0; i < choices.length; i++) ranked[i] = row[choices[i]];
  ranked.sort().reverse();
  let kept = topK === 0 ? ranked.length : Math.min(topK, ranked.length);
  if (topP < 1) kept = nucleusSize(ranked.subarray(0, kept), weight, topP);
  const lowest = ranked[kept - 1];
  return { lowest, ties: kept - ranked.indexOf(lowest) };
}

/** How many of `ranked` it takes until their probabilities sum to `topP`. At least one. */
function nucleusSize(ranked: Float32Array, weight: (logit: number) => number, topP: number): number {
  let total = 0;
  for (const logit of ranked) total += weight(logit);
  let sum = 0;
  let size = 0;
  do sum += weight(ranked[size++]);
  while (sum < topP * total && size < ranked.length);
  return size;
}

/** The index at which the running sum of shares first exceeds `target`. */
function drawIndex(shares: Float64Array, target: number): number {
  let drawn = 0;
  let sum = 0;
  for (let i = 0; i < shares.length; i++) {
    if (shares[i] === 0) continue;
    drawn = i;
    sum += shares[i];
    if (sum > target) return i;
  }
  // Rounding may lift the target to the total.
  return drawn;
}

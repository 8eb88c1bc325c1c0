import type { Sampling } from "../../engine.js";

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
  const kept = cutByRank(row, choices, weight, sampling);
  const shares = Float64Array.from(kept, (id) => weight(row[id]));
  // The most probable token weighs 1.
  for (let i = 0; i < shares.length; i++) if (shares[i] < sampling.minP) shares[i] = 0;
  return kept[drawIndex(shares, uniform * sum(shares))];
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

/** What `topK` and `topP` leave of the choices, ascending: the first by logit, among equals by id. */
function cutByRank(
  row: Float32Array,
  choices: Int32Array,
  weight: (logit: number) => number,
  { topK, topP }: Sampling,
): Int32Array {
  const cutsByCount = topK > 0 && topK < choices.length;
  if (!cutsByCount && topP === 1) return choices;
  const ranked = Float32Array.from(choices, (id) => row[id])
    .sort()
    .reverse();
  const candidates = cutsByCount ? firstByRank(row, choices, ranked, topK) : choices;
  if (topP === 1) return candidates;
  // Sums are made in the order of the native engine's, so that both round alike.
  const target = topP * sum(Float64Array.from(candidates, (id) => weight(row[id])));
  let size = 0;
  let reached = 0;
  do reached += weight(ranked[size++]);
  while (reached < target && size < candidates.length);
  return firstByRank(row, candidates, ranked, size);
}

/** The `count` choices of the largest logits, ascending; `ranked` holds the logits, the largest first. */
function firstByRank(row: Float32Array, choices: Int32Array, ranked: Float32Array, count: number): Int32Array {
  const lowest = ranked[count - 1];
  let ties = count - ranked.indexOf(lowest);
  return choices.filter((id) => row[id] > lowest || (row[id] === lowest && ties-- > 0));
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** The index at which the running sum of shares first exceeds `target`. */
function drawIndex(shares: Float64Array, target: number): number {
  let drawn = 0;
  let reached = 0;
  for (let i = 0; i < shares.length; i++) {
    if (shares[i] === 0) continue;
    drawn = i;
    reached += shares[i];
    if (reached > target) return i;
  }
  // Rounding may lift the target to the total.
  return drawn;
}

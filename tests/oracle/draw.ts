/**
 * The id that a number in [0, 1) draws: each of the ids is as probable as the softmax of the logits over all of them
 * says, and they are walked in ascending order. Ids whose logit is not finite are never drawn; null where none is.
 */
export function drawnId(
  logits: ArrayLike<number>,
  ids: readonly number[],
  temperature: number,
  uniform: number,
): number | null {
  const drawable = ids.filter((id) => Number.isFinite(logits[id]));
  if (drawable.length === 0) return null;
  const largest = drawable.reduce((most, id) => Math.max(most, logits[id]!), -Infinity);
  if (temperature === 0) return drawable.find((id) => logits[id] === largest)!;
  const weights = drawable.map((id) => Math.exp((logits[id]! - largest) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let reached = 0;
  const index = weights.findIndex((weight) => (reached += weight) > uniform * total);
  // Rounding may lift what is to be reached to the total.
  return index === -1 ? drawable.at(-1)! : drawable[index]!;
}

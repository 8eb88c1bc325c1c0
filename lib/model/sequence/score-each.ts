import { RecallError } from "../../base/errors.js";
import { commonLength } from "../../hosts/shared/host-tokens.js";
import type { ScoredPair, Signal } from "../language-model.js";
import type { Place } from "./place.js";

/**
 * The log-probability of each continuation behind its prefix, on as many places at once as there are. Pairs that begin
 * alike follow one another on one place, which reads what they share once.
 * @throws RangeError for a prefix without tokens; RecallError `CONTEXT_FULL` for a pair that has no room
 */
export async function scoreEach(
  places: readonly Place[],
  pairs: readonly ScoredPair[],
  options: Signal = {},
): Promise<Float64Array> {
  pairs.forEach((pair, i) => expectScorable(pair, i, places[0].size));
  const scores = new Float64Array(pairs.length);
  const order = inOrder(pairs);
  const share = Math.ceil(order.length / places.length);
  await Promise.all(
    places.map(async (place, p) => {
      for (const i of order.slice(p * share, (p + 1) * share)) scores[i] = await scoreOne(place, pairs[i], options);
    }),
  );
  return scores;
}

async function scoreOne(place: Place, { prefix, continuation }: ScoredPair, options: Signal): Promise<number> {
  if (continuation.length === 0) return 0;
  const last = prefix.length - 1;
  const common = Math.min(last, commonLength(place.held, prefix));
  if (common < place.held.length) await place.keep(common);
  const start = place.held.length;
  const tokens = [...prefix.slice(start), ...continuation.slice(0, -1)];
  const asked = tokens.map((_, i) => {
    const at = i + start - last;
    return at < 0 ? undefined : { ids: Int32Array.of(continuation[at]) };
  });
  const rows = await place.read(tokens, asked, options);
  return rows.reduce((sum, row) => sum + (row?.logProbabilities[0] ?? 0), 0);
}

function expectScorable({ prefix, continuation }: ScoredPair, i: number, size: number): void {
  if (prefix.length === 0) throw new RangeError(`Expected "pairs[${i}].prefix" to have at least one token`);
  if (prefix.length + continuation.length <= size) return;
  throw new RecallError("CONTEXT_FULL", `pairs[${i}] has more tokens than the ${size} that there is room for`);
}

/** The pairs by index, those that begin alike beside one another. */
function inOrder(pairs: readonly ScoredPair[]): number[] {
  return Array.from(pairs.keys()).sort((a, b) => compare(pairs[a].prefix, pairs[b].prefix));
}

function compare(a: readonly number[], b: readonly number[]): number {
  const common = commonLength(a, b);
  return (a[common] ?? -1) - (b[common] ?? -1);
}

import { countUpTo } from "../base/search.js";

/** The closed span of an opening, among closed ones in the order of their starts. */
export function findClosed<Closed extends { readonly opening: { readonly start: number } }>(
  closed: readonly Closed[],
  opening: Closed["opening"],
): Closed | undefined {
  let index = countUpTo(closed.length, (i) => closed[i].opening.start <= opening.start) - 1;
  while (index >= 0 && closed[index].opening.start === opening.start) {
    if (closed[index].opening === opening) return closed[index];
    index--;
  }
  return undefined;
}

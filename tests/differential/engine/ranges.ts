import type { Random } from "../../support/random.js";

/** At most four ascending ranges below `length`, flat, as an engine takes them; `gap`: how far one is from the next. */
export function randomRanges(random: Random, length: number, gap: () => number): number[] {
  const flat: number[] = [];
  for (let position = random.below(length + 1); position < length && flat.length < 8;) {
    const end = Math.min(length, position + random.magnitude(length));
    flat.push(position, end);
    position = end + gap();
  }
  return flat;
}

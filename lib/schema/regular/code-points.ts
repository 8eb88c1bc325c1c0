/** A set of code points as ranges, ascending, disjoint and not touching: `[from0, to0, from1, …]`, both ends included. */
export type CodePoints = readonly number[];

const LAST = 0x10ffff;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/** Every character that JSON text may hold: surrogates are none. */
export const ALL: CodePoints = [0, FIRST_SURROGATE - 1, LAST_SURROGATE + 1, LAST];

/** What is in any of the sets, surrogates left out. */
export function unionOf(sets: readonly CodePoints[]): CodePoints {
  const ranges = sets.flatMap(toPairs).sort(([a], [b]) => a - b);
  const merged: number[] = [];
  for (const [from, to] of ranges) {
    const last = merged.length - 1;
    if (last >= 0 && from <= merged[last] + 1) merged[last] = Math.max(merged[last], to);
    else merged.push(from, to);
  }
  return withoutSurrogates(merged);
}

/** The characters that are not in the set. */
export function complementOf(set: CodePoints): CodePoints {
  const complement: number[] = [];
  let next = 0;
  for (const [from, to] of toPairs(set)) {
    if (from > next) complement.push(next, from - 1);
    next = to + 1;
  }
  if (next <= LAST) complement.push(next, LAST);
  return withoutSurrogates(complement);
}

export function toPairs(set: CodePoints): [from: number, to: number][] {
  return Array.from({ length: set.length / 2 }, (_, i) => [set[2 * i], set[2 * i + 1]]);
}

function withoutSurrogates(set: CodePoints): CodePoints {
  return toPairs(set).flatMap(([from, to]) => {
    const before = from < FIRST_SURROGATE ? [from, Math.min(to, FIRST_SURROGATE - 1)] : [];
    const after = to > LAST_SURROGATE ? [Math.max(from, LAST_SURROGATE + 1), to] : [];
    return [...before, ...after];
  });
}

/** So many characters are matched at once. */
const CHUNK = 4096;

/** The characters that a pattern of one character matches, as the platform's own tables say. */
export function codePointsMatching(pattern: string): CodePoints {
  const runs = new RegExp(`${pattern}+`, "gu");
  const found: number[] = [];
  for (const [first, last] of toPairs(ALL)) {
    for (let from = first; from <= last; from += CHUNK) {
      const points = Array.from({ length: Math.min(CHUNK, last + 1 - from) }, (_, i) => from + i);
      const units = from > 0xffff ? 2 : 1;
      const text = String.fromCodePoint(...points);
      for (let match = runs.exec(text); match !== null; match = runs.exec(text)) {
        found.push(from + match.index / units, from + runs.lastIndex / units - 1);
      }
    }
  }
  return unionOf([found]);
}

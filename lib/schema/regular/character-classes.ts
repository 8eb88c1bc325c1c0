import { ALL, type CodePoints, toPairs } from "./code-points.js";

const ASCII = 128;
/** Code points are less. */
const LIMIT = 0x110000;

/** All characters in classes, so that those of one class are alike to an automaton: a class is an index. */
export class CharacterClasses {
  /** Where each range of characters begins, ascending; the surrogates are a range of their own. */
  readonly starts: readonly number[];
  /** The class of each range; -1 for the surrogates. */
  readonly ids: readonly number[];
  readonly count: number;
  /** A character of each class. */
  readonly samples: readonly number[];
  /** How many characters each class has. */
  readonly sizes: readonly number[];
  readonly #ascii = new Int32Array(ASCII);

  constructor(starts: readonly number[], ids: readonly number[]) {
    this.starts = starts;
    this.ids = ids;
    this.count = Math.max(...ids) + 1;
    this.samples = Array.from({ length: this.count }, (_, id) => starts[ids.indexOf(id)]);
    const sizes = new Array<number>(this.count).fill(0);
    ids.forEach((id, range) => {
      if (id >= 0) sizes[id] += (starts[range + 1] ?? LIMIT) - starts[range];
    });
    this.sizes = sizes;
    for (let point = 0; point < ASCII; point++) this.#ascii[point] = ids[this.#rangeOf(point)];
  }

  /** The coarsest classes that tell every one of the sets from its complement. */
  static of(sets: readonly CodePoints[]): CharacterClasses {
    const edges = [ALL, ...sets].flatMap((set) => toPairs(set).flatMap(([from, to]) => [from, to + 1]));
    const starts = [...new Set(edges)].filter((edge) => edge <= ALL.at(-1)!).sort((a, b) => a - b);
    const members = [ALL, ...sets].map((set) => rangesIn(starts, set));
    return CharacterClasses.#numbered(starts, (i) =>
      members[0].has(i) ? members.map((ranges) => (ranges.has(i) ? 1 : 0)).join("") : null,
    );
  }

  /** The classes that tell apart what one of two partitions does. */
  static refine(a: CharacterClasses, b: CharacterClasses): CharacterClasses {
    const starts = [...new Set([...a.starts, ...b.starts])].sort((x, y) => x - y);
    return CharacterClasses.#numbered(starts, (i) => {
      const [inA, inB] = [a.classOf(starts[i]), b.classOf(starts[i])];
      return inA < 0 ? null : `${inA} ${inB}`;
    });
  }

  static #numbered(starts: readonly number[], nameOf: (range: number) => string | null): CharacterClasses {
    const names = new Map<string, number>();
    const ids = starts.map((_, i) => {
      const name = nameOf(i);
      if (name === null) return -1;
      if (!names.has(name)) names.set(name, names.size);
      return names.get(name)!;
    });
    return new CharacterClasses(starts, ids);
  }

  /** The class of a character; -1 of a surrogate. */
  classOf(point: number): number {
    return point < ASCII ? this.#ascii[point] : this.ids[this.#rangeOf(point)];
  }

  /** Whether a test passes, of the ranges in [from, to]: each its class, and how many characters it has there. */
  anyIn(from: number, to: number, test: (id: number, size: number) => boolean): boolean {
    for (let range = this.#rangeOf(from); range < this.starts.length && this.starts[range] <= to; range++) {
      const end = Math.min((this.starts[range + 1] ?? LIMIT) - 1, to);
      const size = end - Math.max(this.starts[range], from) + 1;
      if (this.ids[range] >= 0 && test(this.ids[range], size)) return true;
    }
    return false;
  }

  /** By class: whether the set holds it. The set has to be one that the classes were made for. */
  membersOf(set: CodePoints): boolean[] {
    const members = new Array<boolean>(this.count).fill(false);
    for (const [from, to] of toPairs(set)) {
      this.anyIn(from, to, (id) => {
        members[id] = true;
        return false;
      });
    }
    return members;
  }

  #rangeOf(point: number): number {
    let [low, high] = [0, this.starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= point) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** The indices of the ranges that lie in the set, which begins and ends at edges of them. */
function rangesIn(starts: readonly number[], set: CodePoints): Set<number> {
  const inside = new Set<number>();
  let range = 0;
  for (const [from, to] of toPairs(set)) {
    while (starts[range] < from) range++;
    while (range < starts.length && starts[range] <= to) inside.add(range++);
  }
  return inside;
}

/** Sets of ids as ascending `Int32Array`s. */

/** A session keeps sets of at most so many ids for itself. */
const FEW = 64;
/** Views of sets up to this size are kept too, so that the common step allocates nothing. */
const CACHED_SIZES = 32;
/** Below this many entries a loop beats `TypedArray.prototype.set`. */
const BLOCK_COPY_SIZE = 48;

/** Where sessions put sets that are too large to be kept by each: the last one of them all. */
let largeIds = new Int32Array(0);
let largeSet: Int32Array | null = null;

/** Where a session puts its set of allowed ids: each new set overwrites it. */
export class IdBuffer {
  readonly #few = new Int32Array(FEW);
  readonly #views: Int32Array[] = [];
  /** Where the set goes that is being made. */
  #ids = this.#few;

  /** Whether a set that was put here is still there. A large one is gone once any session has made another. */
  holds(set: Int32Array): boolean {
    return set.length <= FEW || set === largeSet;
  }

  /** The ids that are in either set. */
  union(left: Int32Array, right: Int32Array): Int32Array {
    this.#reserve(left.length + right.length);
    let size = 0;
    let from = 0;
    for (let i = 0; i < right.length; i++) {
      const id = right[i];
      const to = lowerBound(left, id, from);
      size = this.#copy(left, from, to, size);
      this.#ids[size++] = id;
      from = to < left.length && left[to] === id ? to + 1 : to;
    }
    size = this.#copy(left, from, left.length, size);
    return this.#view(size);
  }

  /** The ids of `left` that are not in `right`. */
  difference(left: Int32Array, right: Int32Array): Int32Array {
    this.#reserve(left.length);
    let size = 0;
    for (let i = 0; i < left.length; i++) {
      if (!contains(right, left[i])) this.#ids[size++] = left[i];
    }
    return this.#view(size);
  }

  /** The ids below `end` that are not in `ids`. */
  complement(end: number, ids: Int32Array): Int32Array {
    this.#reserve(end);
    let size = 0;
    for (let id = 0, next = 0; id < end; id++) {
      if (ids[next] === id) next++;
      else this.#ids[size++] = id;
    }
    return this.#view(size);
  }

  #copy(source: Int32Array, from: number, to: number, at: number): number {
    const count = to - from;
    if (count >= BLOCK_COPY_SIZE) this.#ids.set(source.subarray(from, to), at);
    else for (let i = 0; i < count; i++) this.#ids[at + i] = source[from + i];
    return at + count;
  }

  #reserve(size: number): void {
    if (size <= FEW) {
      this.#ids = this.#few;
      return;
    }
    if (size > largeIds.length) largeIds = new Int32Array(2 ** Math.ceil(Math.log2(size)));
    largeSet = null;
    this.#ids = largeIds;
  }

  /** The first `size` of the ids that were put there. */
  #view(size: number): Int32Array {
    if (size <= FEW && this.#ids !== this.#few) {
      this.#few.set(this.#ids.subarray(0, size));
      this.#ids = this.#few;
    }
    if (size < CACHED_SIZES) return (this.#views[size] ??= this.#few.subarray(0, size));
    const view = this.#ids.subarray(0, size);
    if (this.#ids !== this.#few) largeSet = view;
    this.#ids = this.#few;
    return view;
  }
}

export function contains(ids: Int32Array, id: number): boolean {
  const index = lowerBound(ids, id, 0);
  return index < ids.length && ids[index] === id;
}

/** The first index from `from` on whose id is not less than `id`. */
function lowerBound(ids: Int32Array, id: number, from: number): number {
  let high = ids.length;
  while (from < high) {
    const middle = (from + high) >> 1;
    if (ids[middle] < id) from = middle + 1;
    else high = middle;
  }
  return from;
}

import { contains, writeUnion } from "../engine/ascending.js";

/** A session keeps sets of at most so many ids for itself. */
const FEW = 64;
/** Views of sets up to this size are kept too, so that the common step allocates nothing. */
const CACHED_SIZES = 32;

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
    return this.#view(writeUnion(left, right, this.#ids));
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

/** Sets of ids as ascending `Int32Array`s. */

/** Views of these sizes are kept, so that the common step allocates nothing. */
const CACHED_SIZES = 64;
/** Below this many entries a loop beats `TypedArray.prototype.set`. */
const BLOCK_COPY_SIZE = 48;

/** Where a session puts its set of allowed ids: one buffer that each new set overwrites. */
export class IdBuffer {
  #ids = new Int32Array(CACHED_SIZES);
  #views: Int32Array[] = [];

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
    if (size <= this.#ids.length) return;
    this.#ids = new Int32Array(Math.max(CACHED_SIZES, 2 * size));
    this.#views = [];
  }

  #view(size: number): Int32Array {
    if (size >= CACHED_SIZES) return this.#ids.subarray(0, size);
    return (this.#views[size] ??= this.#ids.subarray(0, size));
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

/** Ascending sets of ids. */

/** Below this many entries a loop beats `TypedArray.prototype.set`. */
const BLOCK_COPY_SIZE = 48;

/** The ids that are in either of two sets; fast where the second is the smaller one. */
export function unionOf(many: Int32Array, few: Int32Array): Int32Array {
  if (many.length === 0) return few;
  if (few.length === 0) return many;
  const union = new Int32Array(many.length + few.length);
  const size = writeUnion(many, few, union);
  return size === union.length ? union : union.slice(0, size);
}

/** Writes the union to an array that has room for both sets; how many ids it has. */
export function writeUnion(many: Int32Array, few: Int32Array, union: Int32Array): number {
  let size = 0;
  let from = 0;
  for (let i = 0; i < few.length; i++) {
    const id = few[i];
    const to = lowerBound(many, id, from);
    size = copyPart(many, from, to, union, size);
    union[size++] = id;
    from = to < many.length && many[to] === id ? to + 1 : to;
  }
  return copyPart(many, from, many.length, union, size);
}

/** The ids of one set that are not in the other; the set itself where all are. */
export function differenceOf(set: Int32Array, other: Int32Array): Int32Array {
  if (other.length === 0) return set;
  const rest = new Int32Array(set.length);
  let size = 0;
  for (let i = 0, next = 0; i < set.length; i++) {
    const id = set[i];
    while (next < other.length && other[next] < id) next++;
    if (next === other.length || other[next] !== id) rest[size++] = id;
  }
  return size === set.length ? set : rest.slice(0, size);
}

function copyPart(source: Int32Array, from: number, to: number, target: Int32Array, at: number): number {
  const count = to - from;
  if (count >= BLOCK_COPY_SIZE) target.set(source.subarray(from, to), at);
  else for (let i = 0; i < count; i++) target[at + i] = source[from + i];
  return at + count;
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

/** The ids that are in either of two ascending sets, ascending. */
export function unionOf(left: Int32Array, right: Int32Array): Int32Array {
  if (left.length === 0) return right;
  if (right.length === 0) return left;
  const union = new Int32Array(left.length + right.length);
  let size = 0;
  for (let i = 0, j = 0; i < left.length || j < right.length; size++) {
    const id = j === right.length || left[i] < right[j] ? left[i] : right[j];
    if (left[i] === id) i++;
    if (right[j] === id) j++;
    union[size] = id;
  }
  return union.slice(0, size);
}

/** Feed-forward units that do nothing: they make the model larger and its passes slower, and change no logit. */

import { HIDDEN_SIZE } from "./layout.js";
import { Tensor } from "./parameters.js";

/** The tensor in a model of `hiddenSize` feed-forward units, those that the circuit lacks all zero. */
export function withIdleUnits(tensor: Tensor, hiddenSize: number): Tensor {
  if (hiddenSize === HIDDEN_SIZE) return tensor;
  if (/\.ffn_(gate|up)\./.test(tensor.name)) return enlarge(tensor, tensor.columns, hiddenSize);
  if (tensor.name.includes(".ffn_down.")) return enlarge(tensor, hiddenSize, tensor.rows);
  return tensor;
}

function enlarge({ name, columns, rows, values }: Tensor, newColumns: number, newRows: number): Tensor {
  const larger = new Tensor(name, newColumns, newRows);
  for (let row = 0; row < rows; row++) {
    larger.values.set(values.subarray(row * columns, (row + 1) * columns), row * newColumns);
  }
  return larger;
}

/** Builds an ONNX graph from calls that read like the formula: each takes values and gives the name of a new one. */

import { ELEMENT_TYPE, type ElementType, type OnnxGraph, type OnnxInitializer, type OnnxNode } from "./onnx-format.js";
import { tensorBytes, type StoredTensor } from "./stored-tensor.js";

type Attributes = OnnxNode["attributes"];

export class OnnxGraphBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxInitializer>();

  /** The value of one operator's only output, called `output` if a name is given. */
  apply(operator: string, inputs: readonly string[], attributes: Attributes = {}, output?: string): string {
    const name = output ?? `${operator}_${this.#nodes.length}`;
    this.#nodes.push({ operator, inputs, output: name, attributes });
    return name;
  }

  /** A list of integers, such as a shape. */
  integers(...values: number[]): string {
    return this.#integers(`integers_${values.join("_")}`, [values.length], values);
  }

  integer(value: number): string {
    return this.#integers(`integer_${value}`, [], [value]);
  }

  number(value: number): string {
    return this.#initialize(`number_${value}`, "float32", [], new Uint8Array(Float32Array.of(value).buffer));
  }

  /** A tensor as it is stored, its values as 32-bit floats. */
  tensor(tensor: StoredTensor): string {
    const shape = [...tensor.dimensions].reverse();
    const { name, type } = tensor;
    if (!this.#initializers.has(name)) this.#initialize(name, type, shape, tensorBytes(tensor));
    return type === "float32" ? name : this.cast(name, "float32");
  }

  cast(value: string, type: ElementType): string {
    return this.apply("Cast", [value], { to: ELEMENT_TYPE[type] });
  }

  /** Every row of `value` times the matrix, whose rows are its outputs. */
  project(value: string, matrix: StoredTensor, output?: string): string {
    const transposed = this.apply("Transpose", [this.tensor(matrix)], { perm: [1, 0] });
    return this.apply("MatMul", [value, transposed], {}, output);
  }

  /** 0 keeps a dimension of the value, -1 takes what is left over. */
  reshape(value: string, ...shape: number[]): string {
    return this.apply("Reshape", [value, this.integers(...shape)]);
  }

  transpose(value: string, ...order: number[]): string {
    return this.apply("Transpose", [value], { perm: order });
  }

  unsqueeze(value: string, ...axes: number[]): string {
    return this.apply("Unsqueeze", [value, this.integers(...axes)]);
  }

  graph(name: string, inputs: OnnxGraph["inputs"], outputs: OnnxGraph["outputs"]): OnnxGraph {
    return { name, nodes: this.#nodes, initializers: [...this.#initializers.values()], inputs, outputs };
  }

  #integers(name: string, shape: number[], values: number[]): string {
    return this.#initialize(name, "int64", shape, new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  #initialize(name: string, type: ElementType, shape: readonly number[], data: Uint8Array): string {
    this.#initializers.set(name, { name, type, shape, data });
    return name;
  }
}

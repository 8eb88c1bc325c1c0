/**
 * The graph of a llama-architecture decoder with a cache of keys and values, as transformers.js calls it.
 *
 * Shapes in comments: B sequences of S new tokens after P cached ones, T = P + S; K groups of G heads of size H, a group
 * sharing keys and values.
 */

import type { LlamaModel } from "./llama-model.js";
import type { OnnxGraph, OnnxValue } from "./onnx-format.js";
import { OnnxGraphBuilder } from "./onnx-graph-builder.js";
import type { StoredTensor } from "./stored-tensor.js";

/** The score of a token that is not visible: its exponential is 0, and a row of nothing else stays finite. */
const HIDDEN = -1e30;

export function decoderGraph(model: LlamaModel): OnnxGraph {
  const decoder = new Decoder(model);
  decoder.build();
  const { name, blockCount, keyValueHeadCount, headSize, tokenizer } = model;
  const vocabSize = tokenizer.controlTokens.length + tokenizer.tokens.length;
  const caches = (prefix: string, length: string): OnnxValue[] =>
    Array.from({ length: 2 * blockCount }, (_, i) => ({
      name: `${prefix}.${i >> 1}.${i % 2 === 0 ? "key" : "value"}`,
      type: "float32",
      shape: ["batch_size", keyValueHeadCount, length, headSize],
    }));
  return decoder.builder.graph(
    name,
    [
      { name: "input_ids", type: "int64", shape: ["batch_size", "sequence_length"] },
      { name: "attention_mask", type: "int64", shape: ["batch_size", "total_sequence_length"] },
      { name: "position_ids", type: "int64", shape: ["batch_size", "sequence_length"] },
      ...caches("past_key_values", "past_sequence_length"),
    ],
    [
      { name: "logits", type: "float32", shape: ["batch_size", "sequence_length", vocabSize] },
      ...caches("present", "total_sequence_length"),
    ],
  );
}

interface Rotation {
  /** [B, 1, 1, S, H / 2] */
  readonly cosines: string;
  readonly sines: string;
}

class Decoder {
  readonly builder = new OnnxGraphBuilder();
  readonly #model: LlamaModel;
  readonly #tensors: ReadonlyMap<string, StoredTensor>;

  constructor(model: LlamaModel) {
    this.#model = model;
    this.#tensors = new Map(model.tensors.map((tensor) => [tensor.name, tensor]));
  }

  build(): void {
    const { builder } = this;
    const rotation = this.#rotation();
    const visible = this.#visible();
    let residual = builder.apply("Gather", [builder.tensor(this.#tensor("token_embd.weight")), "input_ids"]);
    for (let layer = 0; layer < this.#model.blockCount; layer++) {
      residual = builder.apply("Add", [residual, this.#attention(residual, layer, rotation, visible)]);
      residual = builder.apply("Add", [residual, this.#feedForward(residual, layer)]);
    }
    const output = this.#tensors.get("output.weight") ?? this.#tensor("token_embd.weight");
    builder.project(this.#normalize(residual, "output_norm"), output, "logits");
  }

  /** The angles of all new positions. A pair of dimensions turns by position / divisor. */
  #rotation(): Rotation {
    const { builder } = this;
    const positions = builder.unsqueeze(builder.cast("position_ids", "float32"), 1, 2, 4);
    const angles = builder.apply("Div", [positions, builder.tensor(this.#ropeDivisors())]);
    return { cosines: builder.apply("Cos", [angles]), sines: builder.apply("Sin", [angles]) };
  }

  #ropeDivisors(): StoredTensor {
    const { headSize, ropeBase } = this.#model;
    const factors = this.#tensors.get("rope_freqs.weight")?.values;
    const values = Float32Array.from(
      { length: headSize / 2 },
      (_, pair) => ropeBase ** ((2 * pair) / headSize) * (factors?.[pair] ?? 1),
    );
    return { name: "rope_divisors", dimensions: [headSize / 2], type: "float32", values };
  }

  /** Which of T tokens each of S new ones sees: itself and those before it, less padding. [B, 1, 1, S, T] */
  #visible(): string {
    const { builder } = this;
    const size = (value: string) => builder.apply("Gather", [builder.apply("Shape", [value]), builder.integer(1)]);
    const total = size("attention_mask");
    const past = builder.apply("Sub", [total, size("input_ids")]);
    const range = (from: string) => builder.apply("Range", [from, total, builder.integer(1)]);
    const isBefore = builder.apply("LessOrEqual", [range(builder.integer(0)), builder.unsqueeze(range(past), 1)]);
    const isToken = builder.unsqueeze(builder.cast("attention_mask", "boolean"), 1, 2, 3);
    return builder.apply("And", [isBefore, isToken]);
  }

  #attention(residual: string, layer: number, rotation: Rotation, visible: string): string {
    const { builder } = this;
    const { keyValueHeadCount, headCount, headSize } = this.#model;
    const input = this.#normalize(residual, `blk.${layer}.attn_norm`);
    const project = (name: string, ...heads: number[]) =>
      builder.reshape(builder.project(input, this.#tensor(`blk.${layer}.${name}.weight`)), 0, 0, ...heads, headSize);

    const groups = project("attn_q", keyValueHeadCount, headCount / keyValueHeadCount);
    const queries = this.#rotate(builder.transpose(groups, 0, 2, 3, 1, 4), rotation); // [B, K, G, S, H]
    const newKeys = this.#rotate(builder.transpose(project("attn_k", keyValueHeadCount, 1), 0, 2, 3, 1, 4), rotation);
    const newValues = builder.transpose(project("attn_v", keyValueHeadCount), 0, 2, 1, 3);
    const squeezedKeys = builder.apply("Squeeze", [newKeys, builder.integers(2)]);
    const keys = this.#cached(layer, "key", squeezedKeys); // [B, K, T, H]
    const values = this.#cached(layer, "value", newValues);

    const transposedKeys = builder.transpose(builder.unsqueeze(keys, 2), 0, 1, 2, 4, 3);
    const products = builder.apply("MatMul", [queries, transposedKeys]); // [B, K, G, S, T]
    const scores = builder.apply("Mul", [products, builder.number(1 / Math.sqrt(headSize))]);
    const visibleScores = builder.apply("Where", [visible, scores, builder.number(HIDDEN)]);
    const weights = builder.apply("Softmax", [visibleScores], { axis: -1 });
    const read = builder.apply("MatMul", [weights, builder.unsqueeze(values, 2)]); // [B, K, G, S, H]
    const joined = builder.reshape(builder.transpose(read, 0, 3, 1, 2, 4), 0, 0, headCount * headSize);
    return builder.project(joined, this.#tensor(`blk.${layer}.attn_output.weight`));
  }

  /**
   * Turns dimensions 2i and 2i + 1 together. The result has all the even ones first: queries and keys alike, so that
   * their products are what they were.
   */
  #rotate(value: string, { cosines, sines }: Rotation): string {
    const { builder } = this;
    const every2nd = (from: number) =>
      builder.apply("Slice", [
        value,
        builder.integers(from),
        builder.integers(this.#model.headSize),
        builder.integers(4),
        builder.integers(2),
      ]);
    const [even, odd] = [every2nd(0), every2nd(1)];
    const times = (a: string, b: string) => builder.apply("Mul", [a, b]);
    const turnedEven = builder.apply("Sub", [times(even, cosines), times(odd, sines)]);
    const turnedOdd = builder.apply("Add", [times(even, sines), times(odd, cosines)]);
    return builder.apply("Concat", [turnedEven, turnedOdd], { axis: 4 });
  }

  /** What is cached, and the new after it. */
  #cached(layer: number, kind: "key" | "value", value: string): string {
    const past = `past_key_values.${layer}.${kind}`;
    return this.builder.apply("Concat", [past, value], { axis: 2 }, `present.${layer}.${kind}`);
  }

  #feedForward(residual: string, layer: number): string {
    const { builder } = this;
    const input = this.#normalize(residual, `blk.${layer}.ffn_norm`);
    const project = (value: string, name: string) =>
      builder.project(value, this.#tensor(`blk.${layer}.${name}.weight`));
    const gate = project(input, "ffn_gate");
    const swish = builder.apply("Mul", [gate, builder.apply("Sigmoid", [gate])]);
    return project(builder.apply("Mul", [swish, project(input, "ffn_up")]), "ffn_down");
  }

  /** RMSNorm. */
  #normalize(value: string, name: string): string {
    const { builder } = this;
    const squares = builder.apply("Mul", [value, value]);
    const mean = builder.apply("ReduceMean", [squares], { axes: [-1], keepdims: 1 });
    const root = builder.apply("Sqrt", [builder.apply("Add", [mean, builder.number(this.#model.normEpsilon)])]);
    const normalized = builder.apply("Div", [value, root]);
    return builder.apply("Mul", [normalized, builder.tensor(this.#tensor(`${name}.weight`))]);
  }

  #tensor(name: string): StoredTensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new RangeError(`The model has no tensor ${name}`);
    return tensor;
  }
}

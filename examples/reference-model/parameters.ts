/** The parameters of a llama-architecture transformer, all zero until the circuit sets them. */

import { HEAD_COUNT, HEAD_SIZE, HIDDEN_SIZE, LAYER_COUNT, RESIDUAL_SIZE } from "./layout.js";
import { VOCABULARY_SIZE } from "./vocabulary.js";

/** A matrix that maps `columns` inputs to `rows` outputs; a vector has one row. */
export class Tensor {
  readonly values: Float32Array;

  constructor(
    readonly name: string,
    readonly columns: number,
    readonly rows = 1,
  ) {
    this.values = new Float32Array(columns * rows);
  }

  get isVector(): boolean {
    return this.rows === 1;
  }

  /** Adds to the weight from input `from` to output `to`. */
  connect(from: number, to: number, weight: number): void {
    this.values[to * this.columns + from] += weight;
  }

  /** Connects `size` consecutive inputs to `size` consecutive outputs, one to one. */
  copy(from: number, to: number, size: number, weight = 1): void {
    for (let i = 0; i < size; i++) this.connect(from + i, to + i, weight);
  }
}

export class Block {
  readonly attentionNorm: Tensor;
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly attentionOutput: Tensor;
  readonly feedForwardNorm: Tensor;
  readonly gate: Tensor;
  readonly up: Tensor;
  readonly down: Tensor;

  constructor(index: number) {
    const prefix = `blk.${index}`;
    this.attentionNorm = new Tensor(`${prefix}.attn_norm.weight`, RESIDUAL_SIZE);
    this.query = new Tensor(`${prefix}.attn_q.weight`, RESIDUAL_SIZE, HEAD_COUNT * HEAD_SIZE);
    this.key = new Tensor(`${prefix}.attn_k.weight`, RESIDUAL_SIZE, HEAD_SIZE);
    this.value = new Tensor(`${prefix}.attn_v.weight`, RESIDUAL_SIZE, HEAD_SIZE);
    this.attentionOutput = new Tensor(`${prefix}.attn_output.weight`, HEAD_COUNT * HEAD_SIZE, RESIDUAL_SIZE);
    this.feedForwardNorm = new Tensor(`${prefix}.ffn_norm.weight`, RESIDUAL_SIZE);
    this.gate = new Tensor(`${prefix}.ffn_gate.weight`, RESIDUAL_SIZE, HIDDEN_SIZE);
    this.up = new Tensor(`${prefix}.ffn_up.weight`, RESIDUAL_SIZE, HIDDEN_SIZE);
    this.down = new Tensor(`${prefix}.ffn_down.weight`, HIDDEN_SIZE, RESIDUAL_SIZE);
  }
}

export class Parameters {
  /** Row t is token t's embedding. */
  readonly embedding = new Tensor("token_embd.weight", RESIDUAL_SIZE, VOCABULARY_SIZE);
  readonly blocks = Array.from({ length: LAYER_COUNT }, (_, index) => new Block(index));
  readonly outputNorm = new Tensor("output_norm.weight", RESIDUAL_SIZE);
  readonly output = new Tensor("output.weight", RESIDUAL_SIZE, VOCABULARY_SIZE);
  readonly ropeFactors = new Tensor("rope_freqs.weight", HEAD_SIZE / 2);

  /** Every tensor, in the order of the file. */
  get tensors(): Tensor[] {
    return [
      this.embedding,
      ...this.blocks.flatMap((block) => Object.values(block) as Tensor[]),
      this.outputNorm,
      this.output,
      this.ropeFactors,
    ];
  }
}

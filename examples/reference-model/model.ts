/** The circuit as a model of the llama architecture. */

import { buildCircuit } from "./circuit.js";
import { withIdleUnits } from "./idle-units.js";
import type { Sharpness } from "./layer3.js";
import { CONTEXT_LENGTH, HEAD_COUNT, HEAD_SIZE, HIDDEN_SIZE, LAYER_COUNT, RESIDUAL_SIZE } from "./layout.js";
import type { LlamaModel } from "./llama-model.js";
import type { Tensor } from "./parameters.js";
import type { StoredTensor } from "./stored-tensor.js";
import { BEGIN_OF_TEXT, BYTE_TOKENS, CONTROL_TOKENS, END_OF_TEXT, MERGES } from "./vocabulary.js";

/** How the numbers of a matrix are stored. */
export type MatrixType = "float16" | "float32";

/**
 * @param size.hiddenSize feed-forward units of a layer: what the circuit has unless given, and more only make the model
 *   larger
 * @param size.type 16 bits unless given
 */
export function referenceModel(
  sharpness: Sharpness,
  size: { readonly hiddenSize?: number; readonly type?: MatrixType } = {},
): LlamaModel {
  const { hiddenSize = HIDDEN_SIZE, type = "float16" } = size;
  return {
    name: `Verbatim reference model (${sharpness})`,
    contextLength: CONTEXT_LENGTH,
    embeddingLength: RESIDUAL_SIZE,
    blockCount: LAYER_COUNT,
    feedForwardLength: hiddenSize,
    headCount: HEAD_COUNT,
    keyValueHeadCount: 1,
    headSize: HEAD_SIZE,
    normEpsilon: 1e-6,
    ropeBase: 1,
    tokenizer: {
      controlTokens: CONTROL_TOKENS,
      tokens: BYTE_TOKENS,
      merges: MERGES,
      beginOfText: BEGIN_OF_TEXT,
      endOfText: END_OF_TEXT,
    },
    tensors: buildCircuit(sharpness).tensors.map((tensor) => storedTensor(withIdleUnits(tensor, hiddenSize), type)),
  };
}

/** llama.cpp wants vectors (norms and rotary factors) in 32 bits; matrices are exact enough in 16. */
function storedTensor({ name, columns, rows, isVector, values }: Tensor, type: MatrixType): StoredTensor {
  return {
    name,
    dimensions: isVector ? [columns] : [columns, rows],
    type: isVector ? "float32" : type,
    values,
  };
}

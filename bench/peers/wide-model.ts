import type { LlamaModel } from "../../examples/reference-model/llama-model.js";
import { referenceModel } from "../../examples/reference-model/model.js";
import type { StoredTensor } from "../../examples/reference-model/stored-tensor.js";
import { cl100kNames } from "../wide-tokenizer.js";

/**
 * The reference model, diluted so that it errs as models do, with as many more tokens as a real vocabulary has: pieces
 * of words, whose embedding is zero and whose logit is always 0. What works on the whole vocabulary for each token
 * costs what it costs with a real model. Text is still read byte by byte.
 */
export function wideReferenceModel(vocabulary: number): LlamaModel {
  const model = referenceModel("diluted");
  const { controlTokens, tokens } = model.tokenizer;
  const wide = [...tokens, ...pieces(vocabulary - controlTokens.length - tokens.length, new Set(tokens))];
  return {
    ...model,
    name: `${model.name}, ${vocabulary} tokens`,
    tokenizer: { ...model.tokenizer, tokens: wide },
    tensors: model.tensors.map((tensor) => withRows(tensor, vocabulary)),
  };
}

/** Tokens of cl100k of more than one byte, as GPT-2 writes them; then made-up ones, as real vocabularies have too. */
function pieces(count: number, known: ReadonlySet<string>): string[] {
  const written = cl100kNames()
    .filter((piece) => piece.length > 1 && !known.has(piece))
    .slice(0, count);
  return [...written, ...Array.from({ length: count - written.length }, (_, i) => `[unused${i}]`)];
}

function withRows(tensor: StoredTensor, rows: number): StoredTensor {
  if (!/^(token_embd|output)\.weight$/.test(tensor.name)) return tensor;
  const [columns] = tensor.dimensions;
  const values = new Float32Array(columns * rows);
  values.set(tensor.values);
  return { ...tensor, dimensions: [columns, rows], values };
}

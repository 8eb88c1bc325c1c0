import type { PreTrainedTokenizer } from "@huggingface/transformers";
import { JsonVocabulary } from "../shared/json-vocabulary.js";

const known = new WeakMap<PreTrainedTokenizer, JsonVocabulary>();

/**
 * The vocabulary of a tokenizer of transformers.js; the second call costs nothing.
 * @throws TypeError for what is not a tokenizer of transformers.js 4, or has a `tokenizer.json` that cannot be read
 */
export function vocabularyOf(tokenizer: PreTrainedTokenizer): JsonVocabulary {
  let vocabulary = known.get(tokenizer);
  if (vocabulary === undefined) {
    vocabulary = new JsonVocabulary(jsonOf(tokenizer), tokenizer.eos_token_id ?? undefined);
    known.set(tokenizer, vocabulary);
  }
  return vocabulary;
}

/** The `tokenizer.json` that a tokenizer was made from. */
function jsonOf(tokenizer: PreTrainedTokenizer): object {
  const json: unknown = (tokenizer as PreTrainedTokenizer | null | undefined)?._tokenizerJSON;
  if (typeof json === "object" && json !== null) return json;
  throw new TypeError('Expected "tokenizer" to be a tokenizer of @huggingface/transformers 4');
}

import type { LlamaModel, Token } from "node-llama-cpp";
import { expectId } from "../../arguments.js";
import { RecallError } from "../../errors.js";
import type { ModelVocabulary } from "./model-vocabulary.js";

/** The tokens that open and close a quote: as the tokenizer writes them, or by their ids. */
export interface DelimiterOptions {
  /** `"<|start_recall|>"` unless given. */
  startToken?: string | number;
  /** `"<|end_recall|>"` unless given. */
  endToken?: string | number;
}

/**
 * @throws TypeError, RangeError for ids outside the vocabulary, and for end-of-generation tokens: the host can not be
 *   made to prefer those
 * @throws RecallError `NO_RECALL_TOKENS` where the tokenizer has no token of that text
 */
export function findDelimiters(model: LlamaModel, vocabulary: ModelVocabulary, options: DelimiterOptions) {
  const find = (name: string, given: string | number): Token => {
    const id = typeof given === "string" ? vocabulary.findSpecial(given) : expectId(name, given, vocabulary.size);
    if (id === undefined) {
      throw new RecallError(
        "NO_RECALL_TOKENS",
        `The model has no token ${JSON.stringify(given)}: it was not trained to quote between recall tokens, or it ` +
          `calls them something else ("${name}" says what)`,
      );
    }
    if (model.isEogToken(id as Token)) throw new RangeError(`Expected "${name}" not to be an end-of-generation token`);
    return id as Token;
  };
  return {
    startTokenId: find("startToken", options.startToken ?? "<|start_recall|>"),
    endTokenId: find("endToken", options.endToken ?? "<|end_recall|>"),
  };
}

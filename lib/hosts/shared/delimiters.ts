import { expectId } from "../../base/arguments.js";
import { RecallError } from "../../base/errors.js";
import type { HostVocabulary } from "./host-vocabulary.js";

/** The tokens that open and close a quote: as the tokenizer writes them, or by their ids. */
export interface DelimiterOptions {
  /** `"<|start_recall|>"` unless given. */
  startToken?: string | number;
  /** `"<|end_recall|>"` unless given. */
  endToken?: string | number;
}

/**
 * @throws TypeError, RangeError for ids outside the vocabulary, and for tokens that end a generation
 * @throws RecallError `NO_RECALL_TOKENS` where the tokenizer has no token of that text
 */
export function findDelimiters(vocabulary: HostVocabulary, options: DelimiterOptions) {
  const find = (name: string, given: string | number): number => {
    const id = typeof given === "string" ? vocabulary.findSpecial(given) : expectId(name, given, vocabulary.size);
    if (id === undefined) {
      throw new RecallError(
        "NO_RECALL_TOKENS",
        `The model has no token ${JSON.stringify(given)}: it was not trained to quote between recall tokens, or it ` +
          `calls them something else ("${name}" says what)`,
      );
    }
    if (vocabulary.endsGeneration(id)) throw new RangeError(`Expected "${name}" not to be an end-of-generation token`);
    return id;
  };
  return {
    startTokenId: find("startToken", options.startToken ?? "<|start_recall|>"),
    endTokenId: find("endToken", options.endToken ?? "<|end_recall|>"),
  };
}

/** The same as a list. */
export function delimiterIds(vocabulary: HostVocabulary, options: DelimiterOptions): number[] {
  return Object.values(findDelimiters(vocabulary, options));
}

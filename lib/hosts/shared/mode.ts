import { expectOneOf } from "../../base/arguments.js";
import { RecallError } from "../../base/errors.js";
import { findDelimiters, type DelimiterOptions } from "./delimiters.js";
import type { HostVocabulary } from "./host-vocabulary.js";

/** Between what quotes stand: delimiter tokens, tags in the text, or what the model has. */
export type RecallMode = "auto" | "token" | "text";

const MODES: readonly RecallMode[] = ["auto", "token", "text"];

/**
 * The mode for a model.
 * @throws TypeError, RangeError for options
 * @throws RecallError `NO_RECALL_TOKENS` where tokens were asked for, by mode or by name, that the model does not have
 */
export function chooseMode(
  vocabulary: HostVocabulary,
  options: DelimiterOptions & { mode?: RecallMode },
): "token" | "text" {
  const { mode = "auto", startToken, endToken } = options;
  const wanted = expectOneOf("mode", mode, MODES);
  if (wanted === "text") return "text";
  try {
    findDelimiters(vocabulary, options);
    return "token";
  } catch (error) {
    const lacking = error instanceof RecallError && error.code === "NO_RECALL_TOKENS";
    if (lacking && wanted === "auto" && startToken === undefined && endToken === undefined) return "text";
    throw error;
  }
}

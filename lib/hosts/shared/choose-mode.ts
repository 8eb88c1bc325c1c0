import { expectOneOf } from "../../base/arguments.js";
import { RecallError } from "../../base/errors.js";
import { findDelimiters } from "./delimiters.js";
import type { HostVocabulary } from "./host-vocabulary.js";
import { MODES } from "./mode.js";
import { expectOptionsOfMode, type GivenOptions } from "./recall-options.js";

/**
 * The mode for a model.
 * @throws TypeError, RangeError for options, and for those that the mode does not have
 * @throws RecallError `NO_RECALL_TOKENS` where tokens were asked for, by mode or by name, that the model does not have
 */
export function chooseMode(vocabulary: HostVocabulary, options: GivenOptions): "token" | "text" {
  const mode = findMode(vocabulary, options);
  expectOptionsOfMode(mode, options);
  return mode;
}

function findMode(vocabulary: HostVocabulary, options: GivenOptions): "token" | "text" {
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

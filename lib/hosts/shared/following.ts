import { expectBoolean } from "../../base/arguments.js";
import { RecallSession } from "../../token-mode/session.js";
import type { AnySession } from "./any-session.js";
import type { RecallTextSession } from "../../text-mode/session.js";
import { decodeWith } from "./decode.js";
import { findDelimiters } from "./delimiters.js";
import { expectDocuments, type RecallDocument } from "./document-locator.js";
import { TokenHistory, type HistoryOptions } from "./token-history.js";
import type { HostVocabulary } from "./host-vocabulary.js";
import type { GivenOptions } from "./recall-options.js";
import { makeTextSession } from "./text-documents.js";
import { TextHistory } from "./text-history.js";

/** Keeps a session in step with the tokens of a host. */
export type HostHistory = TokenHistory | TextHistory;

/**
 * What of a prompt can be quoted.
 * @throws TypeError, RangeError for `documents` and `recallPrompt`
 */
export function expectQuotable({ documents, recallPrompt = documents === undefined }: GivenOptions) {
  return {
    documents: expectDocuments(documents ?? []),
    recallPrompt: expectBoolean("recallPrompt", recallPrompt),
  };
}

/**
 * A session without history.
 * @throws TypeError, RangeError for options; RecallError `NO_RECALL_TOKENS`, `BACKEND_UNAVAILABLE`
 */
export function startSession(
  mode: "token" | "text",
  vocabulary: HostVocabulary,
  options: GivenOptions,
  documents: readonly RecallDocument[],
  decode = decodeWith(vocabulary),
): AnySession {
  if (mode === "text") return makeTextSession(vocabulary.tokenVocabulary, documents, options);
  const { maxSpanTokens, minSpanTokens, maxContextTokens, recallGenerated, backend, snap } = options;
  return new RecallSession({
    ...findDelimiters(vocabulary, options),
    ...{ maxSpanTokens, minSpanTokens, maxContextTokens, recallGenerated, backend, snap },
    vocabSize: vocabulary.size,
    barrierTokenIds: vocabulary.barriers,
    decode,
  });
}

/** Makes a session without history follow a host. */
export function follow(session: AnySession, vocabulary: HostVocabulary, options: HistoryOptions): HostHistory {
  return session instanceof RecallSession
    ? new TokenHistory(session, vocabulary, options)
    : new TextHistory(session as RecallTextSession, vocabulary.tokenVocabulary, options);
}

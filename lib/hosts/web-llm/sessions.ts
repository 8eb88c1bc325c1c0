import { RecallContext } from "../../context.js";
import { RecallSession } from "../../session.js";
import type { AnySession } from "../../session/any-session.js";
import { RecallTextSession } from "../../text-session.js";
import { findDelimiters } from "../shared/delimiters.js";
import type { JsonVocabulary } from "../shared/json-vocabulary.js";
import type { RecallMode } from "../shared/mode.js";
import { indexDocuments } from "../shared/text-documents.js";
import type { RecallLogitProcessorOptions } from "../web-llm.js";
import { expectTextDocuments, expectTokenDocuments } from "./documents.js";

type Options = Partial<RecallLogitProcessorOptions<RecallMode>>;

/** A session that can quote the documents, and goes back to them when it is reset. */
export function startSession(
  mode: "token" | "text",
  vocabulary: JsonVocabulary,
  options: Options,
  maskValue: number,
): AnySession {
  return mode === "token"
    ? startTokenSession(vocabulary, options, maskValue)
    : startTextSession(vocabulary, options, maskValue);
}

function startTokenSession(vocabulary: JsonVocabulary, options: Options, maskValue: number): RecallSession {
  const { snap, backend, documents, encode } = options;
  const { maxSpanTokens, minSpanTokens, maxContextTokens, recallGenerated } = options;
  const checked = expectTokenDocuments(documents, vocabulary.tokenVocabulary, encode);
  const delimiters = findDelimiters(vocabulary, options);
  const { size: vocabSize, barriers: barrierTokenIds } = vocabulary;
  const context = new RecallContext({ ...delimiters, vocabSize, barrierTokenIds, snap, backend });
  try {
    for (const { name, tokens, offsets, text } of checked) context.append(tokens, { segment: name, offsets, text });
    context.freeze();
    return new RecallSession({ context, maxSpanTokens, minSpanTokens, maxContextTokens, recallGenerated, maskValue });
  } finally {
    context.close();
  }
}

function startTextSession({ tokenVocabulary }: JsonVocabulary, options: Options, maskValue: number): RecallTextSession {
  const { snap, backend, documents } = options;
  const { startTag, endTag, maxSpanBytes, minSpanBytes, maxContextBytes, recallGenerated } = options;
  const context = indexDocuments(expectTextDocuments(documents, tokenVocabulary), {
    vocabulary: tokenVocabulary,
    snap,
    backend,
  });
  try {
    const limits = { maxSpanBytes, minSpanBytes, maxContextBytes };
    return new RecallTextSession({ context, startTag, endTag, ...limits, recallGenerated, maskValue });
  } finally {
    context.close();
  }
}

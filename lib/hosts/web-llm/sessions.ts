import { RecallContext } from "../../token-mode/context.js";
import { RecallSession } from "../../token-mode/session.js";
import type { AnySession } from "../shared/any-session.js";
import { decodeWith } from "../shared/decode.js";
import { findDelimiters } from "../shared/delimiters.js";
import type { JsonVocabulary } from "../shared/json-vocabulary.js";
import { makeTextSession } from "../shared/text-documents.js";
import type { GivenProcessorOptions } from "./options.js";
import { expectTextDocuments, expectTokenDocuments } from "./documents.js";

type Options = Partial<GivenProcessorOptions>;

/** A session that can quote the documents, and goes back to them when it is reset. */
export function startSession(
  mode: "token" | "text",
  vocabulary: JsonVocabulary,
  options: Options,
  maskValue: number,
): AnySession {
  if (mode === "token") return startTokenSession(vocabulary, options, maskValue);
  const { tokenVocabulary } = vocabulary;
  const documents = expectTextDocuments(options.documents, tokenVocabulary);
  return makeTextSession(tokenVocabulary, documents, { ...options, maskValue });
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
    const limits = { maxSpanTokens, minSpanTokens, maxContextTokens };
    return new RecallSession({ context, ...limits, recallGenerated, maskValue, decode: decodeWith(vocabulary) });
  } finally {
    context.close();
  }
}

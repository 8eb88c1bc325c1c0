import { RecallTextContext, type RecallTextContextOptions } from "../../text-context.js";
import { RecallTextSession } from "../../text-session.js";
import type { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";
import type { RecallDocument } from "./document-locator.js";
import type { RecallHostOptions } from "./recall-options.js";

/** A frozen context of the documents, under their names. */
export function indexDocuments(
  documents: readonly { readonly name: string; readonly text: string | Uint8Array }[],
  options: RecallTextContextOptions,
): RecallTextContext {
  const context = new RecallTextContext(options);
  try {
    for (const { name, text } of documents) context.append(text, { segment: name });
    return context.freeze();
  } catch (error) {
    context.close();
    throw error;
  }
}

/** A text session that can quote the documents from the start. */
export function makeTextSession(
  vocabulary: TokenVocabulary,
  documents: readonly RecallDocument[],
  options: RecallHostOptions,
): RecallTextSession {
  const { snap, backend, startTag, endTag, maxSpanBytes, minSpanBytes, maxContextBytes, recallGenerated } = options;
  const context = indexDocuments(documents, { vocabulary, snap, backend });
  try {
    const limits = { maxSpanBytes, minSpanBytes, maxContextBytes };
    return new RecallTextSession({ context, startTag, endTag, ...limits, recallGenerated });
  } finally {
    context.close();
  }
}

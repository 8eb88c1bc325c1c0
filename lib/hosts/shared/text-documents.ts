import { RecallTextContext, type RecallTextContextOptions } from "../../text-mode/context.js";
import { RecallTextSession } from "../../text-mode/session.js";
import type { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";
import type { GivenOptions } from "./recall-options.js";

/** A document as text mode searches it. */
export interface TextDocument {
  readonly name: string;
  readonly text: string | Uint8Array;
}

/** A frozen context of the documents, under their names. */
export function indexDocuments(
  documents: readonly TextDocument[],
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
  documents: readonly TextDocument[],
  options: Omit<GivenOptions, "documents"> & { readonly maskValue?: number },
): RecallTextSession {
  const { snap, backend, startTag, endTag, recallGenerated, maskValue } = options;
  const { maxSpanBytes, minSpanBytes, maxContextBytes } = options;
  const context = indexDocuments(documents, { vocabulary, snap, backend });
  try {
    const limits = { maxSpanBytes, minSpanBytes, maxContextBytes };
    return new RecallTextSession({ context, startTag, endTag, ...limits, recallGenerated, maskValue });
  } finally {
    context.close();
  }
}

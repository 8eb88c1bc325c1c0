import { resolveChatWrapper, type LlamaModel, type Token } from "node-llama-cpp";
import { VERBATIM } from "../../schema/keywords.js";
import type { RecallDocument } from "./document-locator.js";

/** What the prompt of an extraction is made of. */
export interface ExtractionRequest {
  readonly documents: readonly RecallDocument[];
  readonly instruction: string;
  readonly schema: unknown;
}

/**
 * The prompt's tokens: a user message where the model brings a chat template, else plain text that ends in `JSON:`.
 * What users wrote is tokenised as plain text: a template marker written in a document stays text.
 */
export function buildExtractPrompt(model: LlamaModel, { documents, instruction, schema }: ExtractionRequest): Token[] {
  const parts = documents.map(({ name, text }) => `${name}:\n${text}`);
  if (instruction !== "") parts.push(instruction);
  parts.push(
    "Answer with JSON that the following JSON schema describes, on one line, with all properties in its order and " +
      `nothing around it. Copy strings that are marked "${VERBATIM}" from the documents, character by character.\n` +
      JSON.stringify(schema),
  );
  const text = parts.join("\n\n");
  if (model.fileInfo.metadata.tokenizer.chat_template === undefined) return plainPrompt(model, `${text}\n\nJSON:\n`);
  const { contextText } = resolveChatWrapper(model).generateContextState({
    chatHistory: [
      { type: "user", text },
      { type: "model", response: [] },
    ],
  });
  return contextText.tokenize(model.tokenizer);
}

/** Text as tokens, after the token that a text begins with, where the model has one. */
export function plainPrompt(model: LlamaModel, text: string): Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  const tokens = model.tokenize(text, false);
  return shouldPrependBosToken && bos !== null ? [bos, ...tokens] : tokens;
}

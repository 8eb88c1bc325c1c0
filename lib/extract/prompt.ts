import type { LlamaModel, Token } from "node-llama-cpp";
import { VERBATIM } from "../schema/keywords.js";
import type { RecallDocument } from "../hosts/shared/document-locator.js";
import { hasChatTemplate, messageTokens, plainTokens, shownDocument } from "../hosts/node-llama-cpp/prompt-tokens.js";

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
  const parts = documents.map(shownDocument);
  if (instruction !== "") parts.push(instruction);
  parts.push(
    "Answer with JSON that the following JSON schema describes, on one line, with all properties in its order and " +
      `nothing around it. Copy strings that are marked "${VERBATIM}" from the documents, character by character.\n` +
      JSON.stringify(schema),
  );
  const text = parts.join("\n\n");
  return hasChatTemplate(model) ? messageTokens(model, text) : plainTokens(model, [`${text}\n\nJSON:\n`]);
}

import type { LlamaModel, Token } from "node-llama-cpp";
import type { RecallDocument } from "../hosts/shared/document-locator.js";
import { hasChatTemplate, messageTokens, plainTokens, shownDocument } from "../hosts/node-llama-cpp/prompt-tokens.js";
import type { TagPrompt } from "./tag-prompt.js";

/** How documents and a question become a prompt. */
export type PromptForm = "chat" | "raw";

/** `chat` where the model brings a chat template. */
export function defaultForm(model: LlamaModel): PromptForm {
  return hasChatTemplate(model) ? "chat" : "raw";
}

/**
 * The prompt's tokens. What users wrote is tokenised as plain text: a delimiter or a template marker written in a
 * document or a question stays text.
 */
export function buildPrompt(
  model: LlamaModel,
  form: PromptForm,
  documents: readonly RecallDocument[],
  question: string,
): Token[] {
  return form === "chat" ? chatPrompt(model, documents, question) : rawPrompt(model, documents, question);
}

/** The same for a model that has to be told to put quotes between tags; tags in the prompt are plain text too. */
export function buildTagPrompt(
  model: LlamaModel,
  form: PromptForm,
  documents: readonly RecallDocument[],
  question: string,
  prompt: TagPrompt,
): Token[] {
  const text = prompt.text(documents, question, form);
  return form === "chat" ? messageTokens(model, text) : plainTokens(model, [text]);
}

/** The documents, one after the other, then `Q: question` and `A:` on lines of their own. */
function rawPrompt(model: LlamaModel, documents: readonly RecallDocument[], question: string): Token[] {
  const pieces = documents.flatMap(({ text }) => (text === "" || text.endsWith("\n") ? [text] : [text, "\n"]));
  return plainTokens(model, [...pieces, `Q: ${question}\nA:`]);
}

/** One user message: each document under its name, then the question. */
function chatPrompt(model: LlamaModel, documents: readonly RecallDocument[], question: string): Token[] {
  return messageTokens(model, [...documents.map(shownDocument), question].join("\n\n"));
}

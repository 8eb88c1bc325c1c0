import { resolveChatWrapper, type LlamaModel, type Token } from "node-llama-cpp";
import type { RecallDocument } from "../hosts/node-llama-cpp.js";
import type { TagPrompt } from "./tag-prompt.js";

/** How documents and a question become a prompt. */
export type PromptForm = "chat" | "raw";

/** `chat` where the model brings a chat template. */
export function defaultForm(model: LlamaModel): PromptForm {
  return model.fileInfo.metadata.tokenizer.chat_template === undefined ? "raw" : "chat";
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
  const text = [...documents.map((document) => `${document.name}:\n${document.text}`), question].join("\n\n");
  return messageTokens(model, text);
}

function plainTokens(model: LlamaModel, pieces: readonly string[]): Token[] {
  const tokens = pieces.flatMap((piece, i) => model.tokenize(piece, false, i > 0 ? "trimLeadingSpace" : undefined));
  const { bos, shouldPrependBosToken } = model.tokens;
  return shouldPrependBosToken && bos !== null ? [bos, ...tokens] : tokens;
}

function messageTokens(model: LlamaModel, text: string): Token[] {
  const { contextText } = resolveChatWrapper(model).generateContextState({
    chatHistory: [
      { type: "user", text },
      { type: "model", response: [] },
    ],
  });
  return contextText.tokenize(model.tokenizer);
}

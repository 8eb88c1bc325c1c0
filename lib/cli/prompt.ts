import { resolveChatWrapper, type LlamaModel, type Token } from "node-llama-cpp";
import type { RecallDocument } from "../hosts/node-llama-cpp.js";

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

/** The documents, one after the other, then `Q: question` and `A:` on lines of their own. */
function rawPrompt(model: LlamaModel, documents: readonly RecallDocument[], question: string): Token[] {
  const pieces = documents.flatMap(({ text }) => (text === "" || text.endsWith("\n") ? [text] : [text, "\n"]));
  pieces.push(`Q: ${question}\nA:`);
  const tokens = pieces.flatMap((piece, i) => model.tokenize(piece, false, i > 0 ? "trimLeadingSpace" : undefined));
  const { bos, shouldPrependBosToken } = model.tokens;
  return shouldPrependBosToken && bos !== null ? [bos, ...tokens] : tokens;
}

/** One user message: each document under its name, then the question. */
function chatPrompt(model: LlamaModel, documents: readonly RecallDocument[], question: string): Token[] {
  const text = [...documents.map((document) => `${document.name}:\n${document.text}`), question].join("\n\n");
  const { contextText } = resolveChatWrapper(model).generateContextState({
    chatHistory: [
      { type: "user", text },
      { type: "model", response: [] },
    ],
  });
  return contextText.tokenize(model.tokenizer);
}

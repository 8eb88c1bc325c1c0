import { resolveChatWrapper, type ChatWrapper, type LlamaModel, type Token } from "node-llama-cpp";
import type { RecallDocument } from "../shared/document-locator.js";

/** How a prompt shows a document: under its name. */
export function shownDocument({ name, text }: RecallDocument): string {
  return `${name}:\n${text}`;
}

export function hasChatTemplate(model: LlamaModel): boolean {
  return model.fileInfo.metadata.tokenizer.chat_template !== undefined;
}

/** Text as tokens, each piece by itself, after the token that a text begins with, where the model has one. */
export function plainTokens(model: LlamaModel, pieces: readonly string[]): Token[] {
  const tokens = pieces.flatMap((piece, i) => model.tokenize(piece, false, i > 0 ? "trimLeadingSpace" : undefined));
  const { bos, shouldPrependBosToken } = model.tokens;
  return shouldPrependBosToken && bos !== null ? [bos, ...tokens] : tokens;
}

/** A user's message in the model's chat template, and the beginning of the answer. */
export function messageTokens(model: LlamaModel, text: string): Token[] {
  const { contextText } = chatWrapperOf(model).generateContextState({
    chatHistory: [
      { type: "user", text },
      { type: "model", response: [] },
    ],
  });
  return contextText.tokenize(model.tokenizer);
}

/** Of each model, since finding it means trying the template on all wrappers that the host knows. */
const wrappers = new WeakMap<LlamaModel, ChatWrapper>();

function chatWrapperOf(model: LlamaModel): ChatWrapper {
  let wrapper = wrappers.get(model);
  if (wrapper === undefined) wrappers.set(model, (wrapper = resolveChatWrapper(model)));
  return wrapper;
}

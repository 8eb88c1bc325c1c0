import {
  resolveChatWrapper,
  type ChatHistoryItem,
  type ChatWrapper,
  type LlamaModel,
  type Token,
} from "node-llama-cpp";
import type { Message } from "../language-model.js";

export function hasChatTemplate(model: LlamaModel): boolean {
  return model.fileInfo.metadata.tokenizer.chat_template !== undefined;
}

/** A conversation in the model's chat template, and the beginning of the answer. */
export function chatTokens(model: LlamaModel, messages: readonly Message[]): Token[] {
  if (!hasChatTemplate(model)) return plainTokens(model, messages.map(({ content }) => content).join("\n\n"));
  const chatHistory = [...messages.map(historyItem), { type: "model" as const, response: [] }];
  const { contextText } = chatWrapperOf(model).generateContextState({ chatHistory });
  return contextText.tokenize(model.tokenizer);
}

/** Text after the token that a text begins with, where the model's metadata ask for one. */
export function plainTokens(model: LlamaModel, text: string): Token[] {
  const tokens = model.tokenize(text, false);
  const { bos, shouldPrependBosToken } = model.tokens;
  return shouldPrependBosToken && bos !== null ? [bos, ...tokens] : tokens;
}

function historyItem({ role, content }: Message): ChatHistoryItem {
  switch (role) {
    case "system":
      return { type: "system", text: content };
    case "user":
      return { type: "user", text: content };
    case "assistant":
      return { type: "model", response: [content] };
  }
}

/** Of each model, since finding it means trying the template on all wrappers that the host knows. */
const wrappers = new WeakMap<LlamaModel, ChatWrapper>();

function chatWrapperOf(model: LlamaModel): ChatWrapper {
  let wrapper = wrappers.get(model);
  if (wrapper === undefined) wrappers.set(model, (wrapper = resolveChatWrapper(model)));
  return wrapper;
}

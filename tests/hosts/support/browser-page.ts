/** What the page of `browser.test.ts` runs. */

import { tokenBytesOfTokenizerJson } from "../../../lib/entry/index.js";
import { byteString } from "./text-quoting.js";
import {
  converseInText,
  converseInTokens,
  type Conversation,
  type ConversationReport,
} from "./web-llm-conversations.js";

export type PageConversation = Omit<Conversation, "tokenizerJson">;

/** The page's functions, for the test to call. */
export interface Page {
  converseInText(options: PageConversation): ConversationReport;
  converseInTokens(options: PageConversation): ConversationReport;
}

const tokenizerJson: unknown = await (await fetch("/tokenizer.json")).json();

const NONE = new Uint8Array(0);
const ids = new Map(tokenBytesOfTokenizerJson(tokenizerJson).map((bytes, id) => [byteString(bytes ?? NONE), id]));

/** The longest token at every place: any tokens that spell a text will do. */
function longestTokens(text: string): number[] {
  const written = byteString(new TextEncoder().encode(text));
  const longest = 24;
  const tokens: number[] = [];
  for (let at = 0; at < written.length;) {
    let end = Math.min(written.length, at + longest);
    while (!ids.has(written.slice(at, end))) end--;
    tokens.push(ids.get(written.slice(at, end))!);
    at = end;
  }
  return tokens;
}

const page: Page = {
  converseInText: (options) => converseInText({ ...options, tokenizerJson }),
  converseInTokens: (options) =>
    converseInTokens({ ...options, tokenizerJson, encode: longestTokens, asTokens: false }),
};
Object.assign(globalThis, { page });

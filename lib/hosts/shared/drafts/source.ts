import type { AnySession } from "../any-session.js";
import type { DraftOptions } from "../../../session/decoding-session.js";
import { RecallSession } from "../../../token-mode/session.js";
import { joinBytes } from "../../../text-mode/bytes.js";
import type { HostVocabulary } from "../host-vocabulary.js";

/** What the open quote goes on with, at most `max` tokens of it: `session.draft`, in the tokens that the model uses. */
export type DraftSource = (max: number, choose: DraftOptions["choose"]) => Int32Array;

/**
 * In token mode the tokens of the context are the model's own. In text mode the session's draft takes the longest token
 * each time, and a model that copies writes what its tokenizer makes of the text.
 * @param tokenize a tokenizer's, without special tokens
 */
export function draftSource(
  session: AnySession,
  vocabulary: HostVocabulary,
  tokenize: (text: string) => readonly number[],
): DraftSource {
  const draft: DraftSource = (max, choose) => session.draft(max, { choose });
  if (session instanceof RecallSession) return draft;
  return (max, choose) => {
    const longest = draft(max, choose);
    const bytes = joinBytes(Array.from(longest, (token) => vocabulary.tokenVocabulary.view(token)));
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
    if (text === "" || text.startsWith("\ufffd")) return longest;
    const tokens = [...tokenize(text)];
    // Where the draft was cut, the last token may be that of a word that goes on.
    if (longest.length === max && tokens.length > 1) tokens.pop();
    return session.validate(tokens) > 0 ? Int32Array.from(tokens.slice(0, max)) : longest;
  };
}

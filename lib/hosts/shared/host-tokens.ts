import { RecallError } from "../../base/errors.js";
import type { AnySession } from "./any-session.js";

/** What happens when the host drops tokens that the session still searches. */
export type ContextShiftPolicy = "error" | "keep";

/** How a session follows its host. */
export interface FollowOptions {
  /** Whether what is in a prompt, and in no document, can be quoted. */
  readonly recallPrompt: boolean;
  /** `null`: the host drops nothing by itself, and what its state lacks is left out on purpose. */
  readonly onContextShift: ContextShiftPolicy | null;
}

/** So many tokens in a row tell one place of a conversation from another. */
export const ANCHOR_TOKENS = 16;

export function contextShifted(): RecallError {
  return new RecallError(
    "CONTEXT_SHIFTED",
    "The host dropped tokens that quotes may still come from (its context is full, or its history was cut). Make its " +
      'context larger, or set "onContextShift" to "keep" to go on quoting what the host no longer holds; before ' +
      "another conversation on the same sequence, call reset()",
  );
}

/** How many tokens the two begin with alike. */
export function commonLength(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const length = Math.min(a.length, b.length);
  let common = 0;
  while (common < length && a[common] === b[common]) common++;
  return common;
}

/** The first position from `from` on where `tokens` holds `pattern`; -1 where none does. */
function findTokens(tokens: readonly number[], pattern: readonly number[], from: number): number {
  for (let at = from; at + pattern.length <= tokens.length; at++) {
    if (pattern.every((token, i) => tokens[at + i] === token)) return at;
  }
  return -1;
}

/**
 * Where in what is known the host's state ends, if that is among the tokens that were generated: then the host has
 * read nothing new. (It may have taken back the last tokens, which it had not shown yet.)
 */
export function findContinuation(known: readonly number[], state: readonly number[], promptEnd: number): number | null {
  const tail = state.slice(-ANCHOR_TOKENS);
  for (let end = known.length; end > Math.max(promptEnd, tail.length - 1); end--) {
    if (tail.every((token, i) => known[end - tail.length + i] === token)) return end;
  }
  return null;
}

/** The position in the host's state after which it has read something new: after the latest tokens that are known. */
export function endOfKnown(known: readonly number[], state: readonly number[]): number {
  const ends = new Map<string, number>();
  for (let end = state.length; end >= ANCHOR_TOKENS; end--) ends.set(state.slice(end - ANCHOR_TOKENS, end).join(), end);
  for (let end = known.length; end >= ANCHOR_TOKENS; end--) {
    const found = ends.get(known.slice(end - ANCHOR_TOKENS, end).join());
    if (found !== undefined) return found;
  }
  return 0;
}

/**
 * Whether a host that may do so has dropped tokens, and not just gone back: it was full, or its state, which has the first `common`
 * tokens of what is known, goes on with prompt tokens that used to stand later, so that those between were cut out.
 */
export function hasDropped(
  known: readonly number[],
  state: readonly number[],
  { common, promptEnd, wasFull }: { common: number; promptEnd: number; wasFull: boolean },
): boolean {
  if (common === known.length || common === state.length) return false;
  if (wasFull) return true;
  if (common >= promptEnd || state.length - common < ANCHOR_TOKENS) return false;
  return findTokens(known, state.slice(common, common + ANCHOR_TOKENS), common + 1) !== -1;
}

/** Accepts tokens in place of the session's last one, or throws and leaves it as it was. */
export function replaceLast(session: AnySession, last: number, tokens: readonly number[]): void {
  session.rollback(1);
  try {
    session.acceptAll(tokens);
  } catch (error) {
    session.accept(last);
    throw error;
  }
}

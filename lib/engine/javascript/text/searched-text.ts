import type { EngineVocabulary } from "../../token-table.js";
import type { CollectFirst } from "./first-tokens.js";

/** What a matcher reads of a context of text. */
export interface SearchedText {
  readonly vocabulary: EngineVocabulary;
  readonly length: number;
  /** The byte at `position`, and what is known of the place before it. */
  wordAt(position: number): number;
  /** Whether a quote may start at `position`. */
  isStart(position: number): boolean;
  /** Whether the byte at `position` goes on with the byte before it; `end`: where the candidate's range ends. */
  continues(position: number, end: number): boolean;
  /** Whether a quote may end before `position`: at an edge, or because the run ends there. */
  isEnd(position: number, end: number): boolean;
  /** The next place from `position` on at which a quote may end; one past `limit` where it is further away. */
  nextEnd(position: number, end: number, limit: number): number;
  /**
   * The tokens that may come first in quotes from anywhere, ascending; not to be written to.
   * @param options what they depend on, as a key
   */
  firstTokens(options: string, collect: CollectFirst): Int32Array;
  /**
   * Visits where matches of `bytes` start in `ranges`, and where the range of each ends; until a visit says true.
   * Whether one did.
   */
  findMatch(bytes: Uint8Array, ranges: Int32Array, visit: (start: number, end: number) => boolean): boolean;
  /** Whether `bytes` stand at `position`, in the run of the byte before it. */
  follows(position: number, end: number, bytes: Uint8Array): boolean;
}

/** What a matcher reads of a context of tokens. */
export interface SearchedTokens {
  readonly length: number;
  tokenAt(position: number): number;
  /** The token at `position`, if it continues the run of the token before it; -1 otherwise, and behind the end. */
  continuationAt(position: number): number;
  /** Whether a quote may start at `position`. */
  isStart(position: number): boolean;
  /** Where `token` may start a match, ascending: in what is shared, and after that in what is not. */
  startsOf(token: number): { shared: readonly number[]; own: readonly number[] };
  /** The distinct searchable tokens, ascending; not to be written to. */
  firstTokens(): Int32Array;
}

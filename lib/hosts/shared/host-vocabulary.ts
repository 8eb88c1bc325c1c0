import type { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";

/** Stands for a control token in a text's bytes: it is in no UTF-8 text, so no document ever matches it. */
export const CONTROL_BYTE = Uint8Array.of(0xff);

/** What a host's tokenizer says about its ids. */
export interface HostVocabulary {
  /** Ids are integers in [0, size). */
  readonly size: number;
  /** Every control and every end-of-generation token, ascending: what no quote may contain. */
  readonly barriers: readonly number[];
  /** The bytes of all tokens, for text sessions, which share them. */
  readonly tokenVocabulary: TokenVocabulary;
  /** The token of its own that is written `text`; `undefined` where there is none. */
  findSpecial(text: string): number | undefined;
  /** The exact bytes of a token; one byte that is in no text where it is a control token or has none. */
  bytes(token: number): Uint8Array;
  /** Whether a generation ends with this token. */
  endsGeneration(token: number): boolean;
}

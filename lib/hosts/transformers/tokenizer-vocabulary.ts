import type { PreTrainedTokenizer } from "@huggingface/transformers";
import { tokenBytesOfTokenizerJson } from "../../vocabulary/tokenizer-json.js";
import { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";
import { CONTROL_BYTE, type HostVocabulary } from "../shared/host-vocabulary.js";

/** What a tokenizer of transformers.js says about its ids, read once per tokenizer. */
export class TokenizerVocabulary implements HostVocabulary {
  readonly size: number;
  readonly barriers: readonly number[];
  readonly tokenVocabulary: TokenVocabulary;
  readonly #bytes: readonly (Uint8Array | null)[];
  readonly #added: ReadonlyMap<string, number>;
  readonly #end: number | undefined;

  static readonly #read = new WeakMap<PreTrainedTokenizer, TokenizerVocabulary>();

  /**
   * The vocabulary of a tokenizer; the second call costs nothing.
   * @throws TypeError for what is not a tokenizer of transformers.js 4, or has a `tokenizer.json` that cannot be read
   */
  static of(tokenizer: PreTrainedTokenizer): TokenizerVocabulary {
    let vocabulary = this.#read.get(tokenizer);
    if (vocabulary === undefined) this.#read.set(tokenizer, (vocabulary = new TokenizerVocabulary(tokenizer)));
    return vocabulary;
  }

  private constructor(tokenizer: PreTrainedTokenizer) {
    const json = jsonOf(tokenizer);
    const bytes = tokenBytesOfTokenizerJson(json);
    this.#end = tokenizer.eos_token_id ?? undefined;
    if (this.#end !== undefined) bytes[this.#end] = null;
    this.#bytes = bytes;
    this.#added = new Map((json.added_tokens ?? []).map(({ content, id }) => [content, id]));
    this.size = bytes.length;
    this.barriers = bytes.flatMap((each, id) => (each === null ? [id] : []));
    this.tokenVocabulary = new TokenVocabulary({ vocabSize: this.size, tokenBytes: bytes });
  }

  findSpecial(text: string): number | undefined {
    return this.#added.get(text);
  }

  bytes(token: number): Uint8Array {
    return this.#bytes[token] ?? CONTROL_BYTE;
  }

  endsGeneration(token: number): boolean {
    return token === this.#end;
  }
}

/** The `tokenizer.json` that a tokenizer was made from. */
function jsonOf(tokenizer: PreTrainedTokenizer): { added_tokens?: { content: string; id: number }[] } {
  const json: unknown = (tokenizer as PreTrainedTokenizer | null | undefined)?._tokenizerJSON;
  if (typeof json === "object" && json !== null) return json;
  throw new TypeError('Expected "tokenizer" to be a tokenizer of @huggingface/transformers 4');
}

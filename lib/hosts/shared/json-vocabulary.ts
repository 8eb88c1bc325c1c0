import { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";
import { tokenBytesOfTokenizerJson, writtenTokens } from "../../vocabulary/tokenizer-json.js";
import { CONTROL_BYTE, type HostVocabulary } from "./host-vocabulary.js";

/** What a Hugging Face `tokenizer.json` says about its ids, read once per object. */
export class JsonVocabulary implements HostVocabulary {
  readonly size: number;
  readonly barriers: readonly number[];
  readonly #json: unknown;
  #bytes: readonly (Uint8Array | null)[] | undefined;
  #tokenVocabulary: TokenVocabulary | undefined;
  readonly #added: ReadonlyMap<string, number>;
  readonly #endOfText: number | undefined;

  static readonly #read = new WeakMap<object, JsonVocabulary>();

  /**
   * The vocabulary of a `tokenizer.json`, parsed; the second call costs nothing.
   * @throws TypeError for what cannot be read, naming the field
   */
  static of(json: unknown): JsonVocabulary {
    const known = typeof json === "object" && json !== null ? this.#read.get(json) : undefined;
    const vocabulary = known ?? new JsonVocabulary(json);
    this.#read.set(json as object, vocabulary);
    return vocabulary;
  }

  /**
   * @param endOfText the token that ends a generation, where the caller knows it: the file does not say
   * @throws TypeError for what cannot be read, naming the field
   */
  constructor(json: unknown, endOfText?: number) {
    const tokens = writtenTokens(json);
    if (endOfText !== undefined) tokens[endOfText] = null;
    this.#json = json;
    this.#endOfText = endOfText;
    const { added_tokens: added } = json as { added_tokens?: readonly { content: string; id: number }[] | null };
    this.#added = new Map((added ?? []).map(({ content, id }) => [content, id]));
    this.size = tokens.length;
    this.barriers = tokens.flatMap((token, id) => (token === null ? [id] : []));
  }

  /**
   * The bytes of all tokens, read when they are first asked for: quotes between tokens take none.
   * @throws TypeError for a decoder that cannot be read, naming the field
   */
  get tokenVocabulary(): TokenVocabulary {
    this.#tokenVocabulary ??= new TokenVocabulary({ vocabSize: this.size, tokenBytes: this.#tokenBytes });
    return this.#tokenVocabulary;
  }

  findSpecial(text: string): number | undefined {
    return this.#added.get(text);
  }

  bytes(token: number): Uint8Array {
    return this.#tokenBytes[token] ?? CONTROL_BYTE;
  }

  get #tokenBytes(): readonly (Uint8Array | null)[] {
    if (this.#bytes === undefined) {
      const bytes = tokenBytesOfTokenizerJson(this.#json);
      if (this.#endOfText !== undefined) bytes[this.#endOfText] = null;
      this.#bytes = bytes;
    }
    return this.#bytes;
  }

  /** Where nobody said, none: whatever ends a generation is a special token, and so a barrier. */
  endsGeneration(token: number): boolean {
    return token === this.#endOfText;
  }
}

import { GgufMetadataTokenizerTokenType as TokenType, type LlamaModel, type Token } from "node-llama-cpp";

/** Stands for a control token in a text's bytes: it is in no UTF-8 text, so no document ever matches it. */
const CONTROL_BYTE = Uint8Array.of(0xff);

/** What a model's tokenizer says about its ids, read once per model. */
export class ModelVocabulary {
  /** Ids are integers in [0, size). */
  readonly size: number;
  /** Every control and every end-of-generation token, ascending: what no quote may contain. */
  readonly barriers: readonly Token[];
  readonly #model: LlamaModel;
  readonly #texts: readonly string[];
  readonly #types: readonly TokenType[];
  readonly #decode: (text: string, token: Token) => Uint8Array;
  readonly #isBarrier: Uint8Array;

  static readonly #read = new WeakMap<LlamaModel, ModelVocabulary>();

  /** The vocabulary of a model; the second call costs nothing. */
  static of(model: LlamaModel): ModelVocabulary {
    let vocabulary = this.#read.get(model);
    if (vocabulary === undefined) this.#read.set(model, (vocabulary = new ModelVocabulary(model)));
    return vocabulary;
  }

  private constructor(model: LlamaModel) {
    const tokenizer = model.fileInfo.metadata.tokenizer.ggml;
    this.#model = model;
    this.#texts = tokenizer.tokens;
    this.#types = tokenizer.token_type ?? [];
    this.#decode = textDecoder(tokenizer.model, model);
    this.size = this.#texts.length;
    this.barriers = [...model.iterateAllTokens()].filter(
      (token) => model.isEogToken(token) || model.getTokenAttributes(token).control,
    );
    this.#isBarrier = new Uint8Array(this.size);
    for (const token of this.barriers) this.#isBarrier[token] = 1;
  }

  /** The control or user-defined token that is written `text`; `undefined` where the model has none. */
  findSpecial(text: string): Token | undefined {
    const tokens = this.#model.tokenize(text, true);
    return tokens.length === 1 && this.#texts[tokens[0]] === text ? tokens[0] : undefined;
  }

  /** The exact bytes of a token; one byte that is in no text where it is a control token. */
  bytes(token: Token): Uint8Array {
    if (this.#isBarrier[token] === 1) return CONTROL_BYTE;
    const text = this.#texts[token];
    return this.#types[token] === TokenType.userDefined ? Buffer.from(text) : this.#decode(text, token);
  }

  /** Whether the token is never part of a quote. */
  isBarrier(token: Token): boolean {
    return this.#isBarrier[token] === 1;
  }
}

/** How a tokenizer of that kind writes bytes in its vocabulary. */
function textDecoder(kind: string, model: LlamaModel): (text: string, token: Token) => Uint8Array {
  switch (kind) {
    case "gpt2":
      return (text) => Uint8Array.from(text, byteOfCharacter);
    case "llama":
    case "t5":
      return (text) => {
        const byte = /^<0x([0-9A-F]{2})>$/.exec(text);
        return byte === null ? Buffer.from(text.replaceAll("\u2581", " ")) : Uint8Array.of(parseInt(byte[1], 16));
      };
    default:
      return (_text, token) => Buffer.from(model.detokenize([token]));
  }
}

/** Byte-level BPE writes the printable Latin-1 characters as themselves and the other bytes from U+0100 on. */
const UNPRINTABLE_BYTES = Array.from({ length: 256 }, (_, byte) => byte).filter(
  (byte) => byte < 0x21 || (byte > 0x7e && byte < 0xa1) || byte === 0xad,
);

function byteOfCharacter(character: string): number {
  const code = character.codePointAt(0)!;
  return code < 0x100 ? code : (UNPRINTABLE_BYTES[code - 0x100] ?? CONTROL_BYTE[0]);
}

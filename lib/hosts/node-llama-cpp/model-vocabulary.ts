import { GgufMetadataTokenizerTokenType as TokenType, type LlamaModel, type Token } from "node-llama-cpp";
import { byteLevelBytes, sentencePieceBytes, utf8, wordPieceText } from "../../vocabulary/spelling.js";
import { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";
import { CONTROL_BYTE, type HostVocabulary } from "../shared/host-vocabulary.js";

/** What a model's tokenizer says about its ids, read once per model. */
export class ModelVocabulary implements HostVocabulary {
  /** Ids are integers in [0, size). */
  readonly size: number;
  /** Every control and every end-of-generation token, ascending: what no quote may contain. */
  readonly barriers: readonly Token[];
  readonly #model: LlamaModel;
  readonly #texts: readonly string[];
  readonly #types: readonly TokenType[];
  readonly #decode: Decoder;
  readonly #isBarrier: Uint8Array;
  #tokenVocabulary: TokenVocabulary | undefined;

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
    this.#decode = textDecoder(tokenizer.model, model, this.#texts);
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

  /** The exact bytes of a token; one byte that is in no text where it is a control token or has none. */
  bytes(token: Token): Uint8Array {
    return this.#exactBytes(token) ?? CONTROL_BYTE;
  }

  /** The same for text sessions, which share it: built once per model, when it is first asked for. */
  get tokenVocabulary(): TokenVocabulary {
    this.#tokenVocabulary ??= new TokenVocabulary({
      vocabSize: this.size,
      tokenBytes: (id) => (UNWRITTEN.has(this.#types[id]) ? null : this.#exactBytes(id as Token)),
    });
    return this.#tokenVocabulary;
  }

  /** Whether a generation ends with this token. */
  endsGeneration(token: Token): boolean {
    return this.#model.isEogToken(token);
  }

  /** Whether the token is never part of a quote. */
  isBarrier(token: Token): boolean {
    return this.#isBarrier[token] === 1;
  }

  #exactBytes(token: Token): Uint8Array | null {
    if (this.#isBarrier[token] === 1) return null;
    const text = this.#texts[token];
    return this.#types[token] === TokenType.userDefined ? utf8(text) : this.#decode(text, token);
  }
}

/** Types of tokens that the host writes nothing for. */
const UNWRITTEN: ReadonlySet<TokenType | undefined> = new Set([
  TokenType.undefined,
  TokenType.unknown,
  TokenType.control,
  TokenType.unused,
]);

/** The bytes that a vocabulary's text stands for; `null` where it stands for none. */
type Decoder = (text: string, token: Token) => Uint8Array | null;

/** How a tokenizer of that kind writes bytes in its vocabulary. */
function textDecoder(kind: string, model: LlamaModel, texts: readonly string[]): Decoder {
  switch (kind) {
    case "gpt2":
      return byteLevelBytes;
    case "llama":
    case "t5":
    case "gemma4":
      return sentencePieceBytes;
    case "bert":
      return texts.some((text) => text.startsWith(WORD_START)) ? wordStartBytes : (text) => utf8(wordPieceText(text));
    default:
      // Text that a token holds only a part of cannot be had from the host.
      return (_text, token) => {
        const text = model.detokenize([token]);
        return text.includes("\ufffd") ? null : utf8(text);
      };
  }
}

/** WordPiece as llama.cpp's converter writes it: what begins a word is marked, what continues one has no `##`. */
const WORD_START = "\u2581";

function wordStartBytes(text: string): Uint8Array {
  return utf8(text.startsWith(WORD_START) ? wordPieceText(text.slice(1), { prefix: "" }) : text);
}

import { COUNT_LIMIT, expectBytes, expectId, expectInteger, expectOptions, isArray } from "../base/arguments.js";
import type { EngineVocabulary } from "../engine/token-table.js";

/** All tokens together have fewer bytes. */
const BYTES_LIMIT = 2 ** 31 - 1;

/** The exact bytes of a token; none (`null`, `undefined`, empty) for a control token, which is a barrier. */
export type TokenBytes = Uint8Array | null | undefined;

/** Options of {@link TokenVocabulary}. */
export interface TokenVocabularyOptions {
  /** The tokenizer's id count: ids are integers in [0, vocabSize). At most 2^30. */
  vocabSize: number;
  /** The bytes that each id stands for in generated text: by id, or one entry per id. Copied as they are read. */
  tokenBytes: ((id: number) => TokenBytes) | readonly TokenBytes[];
}

/** The bytes of every token of a model: built once, shared by all sessions of text mode. */
export class TokenVocabulary {
  readonly #table: EngineVocabulary;
  /** Answers of the searches, by the bytes searched for: tags and their ends, so there are few. */
  readonly #starting = new Map<string, Int32Array>();
  readonly #containing = new Map<string, Int32Array>();

  /** @throws TypeError, RangeError for options that are not as {@link TokenVocabularyOptions} says */
  constructor(options: TokenVocabularyOptions) {
    const { vocabSize, tokenBytes } = expectOptions("options", options);
    const size = expectInteger("vocabSize", vocabSize, 1, COUNT_LIMIT);
    this.#table = readTokens(size, tokenBytes);
  }

  /** @internal Whether it is a vocabulary, and not something that only looks like one. */
  static is(value: unknown): value is TokenVocabulary {
    return typeof value === "object" && value !== null && #table in value;
  }

  /** The number of ids. */
  get size(): number {
    return this.#table.vocabSize;
  }

  /**
   * The bytes of a token, a copy; none for a control token.
   * @throws TypeError, RangeError for an id outside [0, size)
   */
  bytes(id: number): Uint8Array {
    return this.view(expectId("id", id, this.size)).slice();
  }

  /** @internal What engines take: always the same object. */
  get table(): EngineVocabulary {
    return this.#table;
  }

  /** @internal How many bytes a token that is one has: `view` makes an object, this does not. */
  byteLength(id: number): number {
    const { offsets } = this.#table;
    return offsets[id + 1] - offsets[id];
  }

  /** @internal The bytes of a token that is one, not to be written to. */
  view(id: number): Uint8Array {
    const { offsets, bytes } = this.#table;
    return bytes.subarray(offsets[id], offsets[id + 1]);
  }

  /** @internal The ids, ascending, whose bytes start with `bytes`. */
  tokensStartingWith(bytes: Uint8Array): Int32Array {
    return this.#search(this.#starting, bytes, (token) => startsWith(token, bytes, 0));
  }

  /** @internal The ids, ascending, whose bytes have `bytes` somewhere in them. */
  tokensContaining(bytes: Uint8Array): Int32Array {
    return this.#search(this.#containing, bytes, (token) => {
      const last = token.length - bytes.length;
      for (let at = token.indexOf(bytes[0]); at !== -1 && at <= last; at = token.indexOf(bytes[0], at + 1)) {
        if (startsWith(token, bytes, at)) return true;
      }
      return false;
    });
  }

  /** @internal For each of these bytes, which are not empty, the first id that has them; -1 where none does. */
  tokensOf(wanted: readonly Uint8Array[]): Int32Array {
    const ids = new Int32Array(wanted.length).fill(-1);
    const byShape = new Map<number, number[]>();
    wanted.forEach((bytes, index) => {
      const shape = shapeOf(bytes);
      byShape.set(shape, [...(byShape.get(shape) ?? []), index]);
    });
    for (let id = 0; id < this.size; id++) {
      const token = this.view(id);
      for (const index of byShape.get(shapeOf(token)) ?? []) {
        if (ids[index] === -1 && startsWith(token, wanted[index], 0)) ids[index] = id;
      }
    }
    return ids;
  }

  /** One pass over all tokens, and no more for the same bytes. */
  #search(known: Map<string, Int32Array>, bytes: Uint8Array, matches: (token: Uint8Array) => boolean): Int32Array {
    const key = bytes.join();
    let found = known.get(key);
    if (found === undefined) {
      const ids: number[] = [];
      for (let id = 0; id < this.size; id++) {
        if (this.byteLength(id) >= bytes.length && matches(this.view(id))) ids.push(id);
      }
      found = Int32Array.from(ids);
      known.set(key, found);
    }
    return found;
  }
}

/** Equal for equal bytes. */
function shapeOf(bytes: Uint8Array): number {
  return bytes.length * 256 + (bytes[0] ?? 0);
}

function startsWith(token: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < bytes.length; i++) if (token[at + i] !== bytes[i]) return false;
  return true;
}

/** Reads each id's bytes and copies them at once: a function may answer each time with the same array. */
function readTokens(vocabSize: number, tokenBytes: unknown): EngineVocabulary {
  const table = new TableBuilder();
  if (typeof tokenBytes === "function") {
    const bytesOf = tokenBytes as (id: number) => unknown;
    for (let id = 0; id < vocabSize; id++) table.add(`tokenBytes(${id})`, bytesOf(id));
    return table.build();
  }
  if (!isArray(tokenBytes)) throw new TypeError('Expected "tokenBytes" to be a function or an array');
  if (tokenBytes.length !== vocabSize) {
    throw new RangeError(`Expected "tokenBytes" to have ${vocabSize} entries, one per id`);
  }
  for (let id = 0; id < vocabSize; id++) table.add(`tokenBytes[${id}]`, tokenBytes[id]);
  return table.build();
}

/** Tokens' bytes, one after the other. */
class TableBuilder {
  readonly #offsets = [0];
  #bytes = new Uint8Array(1 << 16);

  add(name: string, token: unknown): void {
    const end = this.#offsets[this.#offsets.length - 1];
    if (token === null || token === undefined) {
      this.#offsets.push(end);
      return;
    }
    const bytes = expectBytes(name, token, { or: ", null or undefined" });
    this.#reserve(end + bytes.length);
    this.#bytes.set(bytes, end);
    this.#offsets.push(end + bytes.length);
  }

  build(): EngineVocabulary {
    const offsets = Int32Array.from(this.#offsets);
    return { vocabSize: offsets.length - 1, offsets, bytes: this.#bytes.slice(0, offsets[offsets.length - 1]) };
  }

  #reserve(length: number): void {
    if (length >= BYTES_LIMIT)
      throw new RangeError(`Expected "tokenBytes" to have fewer than ${BYTES_LIMIT} bytes in all`);
    if (length <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(length, Math.min(2 * this.#bytes.length, BYTES_LIMIT)));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

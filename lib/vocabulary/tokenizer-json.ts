import { expectString } from "../base/arguments.js";
import { readTokenDecoder } from "./decoder.js";

/** One past the largest id that is read: a table has an entry per id, whether or not it is used. */
const ID_LIMIT = 2 ** 24;

/**
 * The bytes of the tokens of a Hugging Face tokenizer, by id: what each adds inside a text, as the tokenizer's own
 * decoder writes it. Special tokens, the unknown token and unused ids are `null`.
 *
 * Bytes are what a model writes, not what it reads: where the tokenizer normalises its input (case, accents,
 * compatibility forms), only text that is already so can be spelt with its tokens.
 *
 * @param json what `tokenizer.json` holds, parsed
 * @throws TypeError for what cannot be read, naming the field
 */
export function tokenBytesOfTokenizerJson(json: unknown): (Uint8Array | null)[] {
  const decode = readTokenDecoder(expectFields("json", json).decoder);
  return writtenTokens(json).map((token) => (token === null ? null : decode(token.text, token.isAdded)));
}

/**
 * What the file writes for each token that stands for text, by id; `null` for special tokens, the unknown token and
 * unused ids. It takes no decoder.
 *
 * @throws TypeError for what cannot be read, naming the field
 */
export function writtenTokens(json: unknown): ({ text: string; isAdded: boolean } | null)[] {
  const { model, added_tokens: addedTokens } = expectFields("json", json);
  const { pieces, unknown } = readModel(expectFields("model", model));
  const tokens: ({ text: string; isAdded: boolean } | null)[] = [];
  for (const [id, text] of pieces) tokens[id] = id === unknown ? null : { text, isAdded: false };
  for (const { id, content, special } of readAddedTokens(addedTokens)) {
    tokens[id] = special ? null : { text: content, isAdded: true };
  }
  return Array.from(tokens, (token) => token ?? null);
}

interface Model {
  /** Ids and what the vocabulary writes for them. */
  readonly pieces: readonly (readonly [id: number, text: string])[];
  /** The id that stands for whatever the vocabulary lacks. */
  readonly unknown: number | undefined;
}

function readModel({ type, vocab, merges, unk_token: unknownText, unk_id: unknown }: Fields): Model {
  // GPT-2's file is older than the field "type".
  switch (type ?? (Array.isArray(merges) ? "BPE" : undefined)) {
    case "BPE":
    case "WordPiece": {
      const pieces = Object.entries(expectFields("model.vocab", vocab)).map(
        ([text, id]) => [isTokenId(id) ? id : refuseId(`model.vocab[${JSON.stringify(text)}]`), text] as const,
      );
      return { pieces, unknown: pieces.find(([, text]) => text === unknownText)?.[0] };
    }
    case "Unigram": {
      const pieces = expectArray("model.vocab", vocab).map(
        (entry, id) => [id, expectString(`model.vocab[${id}][0]`, Array.isArray(entry) ? entry[0] : entry)] as const,
      );
      return {
        pieces,
        unknown: unknown === undefined || unknown === null ? undefined : expectTokenId("model.unk_id", unknown),
      };
    }
    default:
      throw new TypeError('Expected "model.type" to be one of "BPE", "Unigram", "WordPiece"');
  }
}

function readAddedTokens(tokens: unknown): { id: number; content: string; special: boolean }[] {
  if (tokens === undefined || tokens === null) return [];
  return expectArray("added_tokens", tokens).map((token, i) => {
    const { id, content, special } = expectFields(`added_tokens[${i}]`, token);
    return {
      id: expectTokenId(`added_tokens[${i}].id`, id),
      content: expectString(`added_tokens[${i}].content`, content),
      special: special === true,
    };
  });
}

type Fields = Readonly<Record<string, unknown>>;

function expectFields(name: string, value: unknown): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new TypeError(`Expected "${name}" to be an object`);
}

function expectArray(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`Expected "${name}" to be an array`);
}

function expectTokenId(name: string, value: unknown): number {
  return isTokenId(value) ? value : refuseId(name);
}

function isTokenId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < ID_LIMIT;
}

function refuseId(name: string): never {
  throw new TypeError(`Expected "${name}" to be an integer in [0, ${ID_LIMIT})`);
}

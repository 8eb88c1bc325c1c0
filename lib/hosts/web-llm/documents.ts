import { expectIntegers, expectString, type TokenInput } from "../../base/arguments.js";
import { joinBytes } from "../../text-mode/bytes.js";
import { utf8 } from "../../vocabulary/spelling.js";
import type { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";
import { expectNamed } from "../shared/document-locator.js";
import type { TextDocument } from "../shared/text-documents.js";

/** A document that can be quoted: its text, or the model's tokens for it, which spell its text. */
export type QuotableDocument = { name: string; text: string } | { name: string; tokens: TokenInput };

/** The model's tokens for a text. */
export type Encode = (text: string) => TokenInput;

/** A document as token mode searches it. */
export interface TokenDocument extends TextDocument {
  readonly tokens: Int32Array;
  /** The byte of the text at which each token begins, and the last one ends. */
  readonly offsets: Int32Array;
}

/** @throws TypeError, RangeError for documents that are not as {@link QuotableDocument} says, or share a name */
export function expectTextDocuments(documents: unknown, vocabulary: TokenVocabulary): TextDocument[] {
  return expectNamed(documents, (at, name, { text, tokens }: Partial<GivenDocument>) => {
    if (tokens === undefined) return { name, text: expectString(`${at}.text`, text) };
    return { name, text: spell(expectIntegers(`${at}.tokens`, tokens, vocabulary.size), vocabulary).bytes };
  });
}

/**
 * @throws TypeError, RangeError for documents that are not as {@link QuotableDocument} says, or share a name; for
 *   `encode` where a text needs it, and where its tokens do not spell the text
 */
export function expectTokenDocuments(
  documents: unknown,
  vocabulary: TokenVocabulary,
  encode: unknown,
): TokenDocument[] {
  return expectNamed(documents, (at, name, { text, tokens }: Partial<GivenDocument>) => {
    if (tokens !== undefined) {
      const ids = expectIntegers(`${at}.tokens`, tokens, vocabulary.size);
      const { bytes, offsets } = spell(ids, vocabulary);
      return { name, tokens: ids, offsets, text: bytes };
    }
    const written = expectString(`${at}.text`, text);
    if (typeof encode !== "function") {
      throw new TypeError('Expected "encode" to be a function: token mode quotes a text in the model\'s tokens');
    }
    const source = `encode(${at}.text)`;
    const ids = expectIntegers(source, (encode as Encode)(written), vocabulary.size);
    return { name, tokens: ids, offsets: offsetsIn(utf8(written), spell(ids, vocabulary), source), text: written };
  });
}

interface GivenDocument {
  readonly text: unknown;
  readonly tokens: unknown;
}

interface Spelling {
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
}

function spell(tokens: Int32Array, vocabulary: TokenVocabulary): Spelling {
  const offsets = new Int32Array(tokens.length + 1);
  tokens.forEach((token, i) => (offsets[i + 1] = offsets[i] + vocabulary.byteLength(token)));
  return { bytes: joinBytes(Array.from(tokens, (token) => vocabulary.view(token))), offsets };
}

/** Where the tokens are in the text. SentencePiece puts a space before a text, which is not in it. */
function offsetsIn(text: Uint8Array, { bytes, offsets }: Spelling, source: string): Int32Array {
  const SPACE = 0x20;
  const added = bytes.length === text.length + 1 && bytes[0] === SPACE ? 1 : 0;
  const spelt = bytes.length - added === text.length && text.every((byte, i) => byte === bytes[i + added]);
  if (!spelt) throw new RangeError(`Expected "${source}" to give tokens that spell the text`);
  return offsets.map((offset) => Math.max(0, offset - added));
}

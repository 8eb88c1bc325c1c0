import type { RecallSource } from "../../session/document-layout.js";
import type { RecallTextSession } from "../../text-mode/session.js";
import type { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";
import { JsonStringScanner } from "../json/string-scanner.js";
import type { QuoteLimits } from "./starts.js";

const CLOSING_MARK = 0x22;

/**
 * A quote that is being written. The session holds it to the documents; here the closing mark is withheld until the quote
 * is long enough and more than white space, and what would make it too long is refused.
 */
export class QuoteReading {
  readonly #session: RecallTextSession;
  readonly #limits: QuoteLimits;
  readonly #vocabulary: TokenVocabulary;
  #read = new JsonStringScanner();

  /** @param session with an open span, over edges that are marked for the limits */
  constructor(session: RecallTextSession, limits: QuoteLimits, vocabulary: TokenVocabulary) {
    this.#session = session;
    this.#limits = limits;
    this.#vocabulary = vocabulary;
  }

  /** The tokens that may come next, ascending. */
  allowed(): Int32Array {
    const allowed = this.#session.allowed()!;
    const { hasInk, characters } = this.#read;
    const { minLength, maxLength } = this.#limits;
    const isFree = hasInk && characters >= minLength && maxLength === Infinity;
    return isFree ? allowed : allowed.filter((token) => this.#fits(token));
  }

  /** Whether the token goes on with the quote or closes it; where it does not, nothing changes. */
  accept(token: number): boolean {
    if (!this.#session.allows(token) || !this.#fits(token)) return false;
    this.#session.accept(token);
    this.#read = this.#after(token);
    return true;
  }

  /** The quote, once it is closed. */
  get quote(): { text: string; sources: RecallSource[] } | null {
    if (this.#session.inSpan) return null;
    const [quote] = this.#session.quotes;
    return { text: quote.text, sources: quote.sources() };
  }

  close(): void {
    this.#session.close();
  }

  #fits(token: number): boolean {
    const bytes = this.#vocabulary.view(token);
    const isInside = bytes[bytes.length - 1] !== CLOSING_MARK;
    if (isInside && this.#read.characters + bytes.length <= this.#limits.maxLength) return true;
    const after = this.#after(token);
    return after.isClosed ? this.#mayEnd(after) : after.characters <= this.#limits.maxLength;
  }

  #after(token: number): JsonStringScanner {
    const after = this.#read.copy();
    for (const byte of this.#vocabulary.view(token)) after.read(byte);
    return after;
  }

  #mayEnd({ characters, hasInk }: JsonStringScanner): boolean {
    const { minLength, maxLength } = this.#limits;
    if (characters === 0) return minLength === 0;
    return hasInk && characters >= minLength && characters <= maxLength;
  }
}

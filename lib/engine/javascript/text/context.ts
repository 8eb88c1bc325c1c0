import { unionOf } from "../../ascending.js";
import { JavaScriptTextMatcher } from "./matcher.js";
import type { SearchedText } from "./searched-text.js";
import { EDGE_END, type EngineTextContext, type EngineTextMatcher, type TextAppendOptions } from "../../text-engine.js";
import { NOTHING_SETTLED, type CollectFirst, type SettledTokens } from "./first-tokens.js";
import { CONTINUES, EDGE, JavaScriptTextWords, NO_START } from "./words.js";
import { repeatsOf } from "../repeats.js";
import type { EngineVocabulary } from "../../token-table.js";

/** Up to so many own words are copied by a fork; more are shared with it, as long as that is not done too often. */
const FEW_WORDS = 2048;

/**
 * A context as words: each byte, and what is known of the place before it. The first words may be shared with other
 * contexts, and are never changed then: of those a context keeps only how many are its own too.
 */
export class JavaScriptTextContext implements EngineTextContext, SearchedText {
  #shared = NO_WORDS;
  /** How many of the shared words are in this context. */
  #sharedLength = 0;
  /** Those that follow them. */
  #own = new JavaScriptTextWords();

  constructor(readonly vocabulary: EngineVocabulary) {}

  get length(): number {
    return this.#sharedLength + this.#own.length;
  }

  get bytes(): number {
    return this.#shared.words.byteLength + this.#own.words.byteLength;
  }

  append(text: Uint8Array, { searchable, newRun, json, edges }: TextAppendOptions): void {
    if (text.length === 0) return;
    const own = this.#own;
    own.reserve(own.length + text.length);
    own.change(searchable && !newRun ? this.length - 1 : this.length);
    let escape = 0;
    for (let i = 0; i < text.length; i++) {
      const byte = text[i];
      let word = byte;
      if (searchable) {
        const inside = (byte & 0xc0) === 0x80 || escape > 0;
        if (!inside && (edges === null || edges[i] !== 0)) word |= EDGE;
        if (edges?.[i] === EDGE_END) word |= NO_START;
        if (i > 0 || !newRun) word |= CONTINUES;
      }
      if (escape > 0) escape--;
      else if (json && byte === 0x5c) escape = text[i + 1] === 0x75 ? 5 : 1;
      own.words[own.length++] = word;
    }
  }

  truncate(length: number): void {
    if (length === this.length) return;
    if (length >= this.#sharedLength) {
      this.#own.length = length - this.#sharedLength;
      this.#own.change(length);
      return;
    }
    this.#sharedLength = length;
    if (length === 0) this.#shared = NO_WORDS;
    this.#own = new JavaScriptTextWords();
  }

  read(start: number, end: number): Uint8Array {
    return Uint8Array.from({ length: Math.min(end, this.length) - start }, (_, i) => this.wordAt(start + i));
  }

  fork(): JavaScriptTextContext {
    if (this.#sharedLength === 0 || this.#own.length > Math.max(FEW_WORDS, this.#sharedLength)) this.#share();
    const fork = new JavaScriptTextContext(this.vocabulary);
    fork.#shared = this.#shared;
    fork.#sharedLength = this.#sharedLength;
    fork.#own.append(this.#own, this.#own.length);
    return fork;
  }

  compact(): void {
    // Nothing is indexed ahead of the first quote.
  }

  /** At once: there is no other thread. */
  async compactInBackground(): Promise<void> {
    this.compact();
  }

  matcher(): EngineTextMatcher {
    return new JavaScriptTextMatcher(this);
  }

  close(): void {
    this.truncate(0);
    this.#own = new JavaScriptTextWords();
  }

  wordAt(position: number): number {
    const shared = this.#sharedLength;
    return position < shared ? this.#shared.words[position] : this.#own.words[position - shared];
  }

  isStart(position: number): boolean {
    return (this.wordAt(position) & (EDGE | NO_START)) === EDGE;
  }

  continues(position: number, end: number): boolean {
    return position < end && (this.wordAt(position) & CONTINUES) !== 0;
  }

  isEnd(position: number, end: number): boolean {
    return !this.continues(position, end) || (this.wordAt(position) & EDGE) !== 0;
  }

  nextEnd(position: number, end: number, limit: number): number {
    while (position <= limit && !this.isEnd(position, end)) position++;
    return position;
  }

  firstTokens(options: string, collect: CollectFirst): Int32Array {
    const [shared, own] = [this.#shared, this.#own];
    const finish = ({ end, tokens }: SettledTokens, length: number) => unionOf(tokens, collect(end, length));
    const ownRun = own.lastRunStart < 0 ? 0 : this.#sharedLength + own.lastRunStart;
    if (this.#sharedLength === 0 || this.#sharedLength < shared.length) {
      const settleOwn = () => own.first.settle(options, NOTHING_SETTLED, ownRun, collect);
      return own.first.all(options, () => finish(settleOwn(), this.length));
    }
    // What is shared is known to all of its contexts. Beside it one keeps nothing that may be as large.
    let settled = shared.first.settle(options, NOTHING_SETTLED, Math.max(0, shared.lastRunStart), collect);
    if (!this.continues(shared.length, this.length)) {
      const tokens = shared.first.all(options, () => finish(settled, shared.length));
      if (own.length === 0) return tokens;
      settled = { end: shared.length, tokens };
    }
    if (own.lastRunStart >= 0) settled = own.first.settle(options, settled, ownRun, collect, shared.first);
    return finish(settled, this.length);
  }

  findMatch(bytes: Uint8Array, ranges: Int32Array, visit: (start: number, end: number) => boolean): boolean {
    const first = bytes[0] | EDGE;
    const repeats = repeatsOf(bytes);
    // The bytes at [windowStart, windowEnd) are the first ones of `bytes`: what starts inside is known so far.
    let [windowStart, windowEnd] = [0, 0];
    for (let range = 0; range < ranges.length; range += 2) {
      const end = Math.min(ranges[range + 1], this.length);
      for (let start = ranges[range]; start < end; start++) {
        if ((this.wordAt(start) & (0xff | EDGE | NO_START)) !== first) continue;
        const known = start < windowEnd ? Math.min(repeats[start - windowStart], windowEnd - start) : 1;
        if (start + known < windowEnd) continue;
        const same = this.#sameFrom(start, end, bytes, known);
        [windowStart, windowEnd] = [start, start + same];
        if (same === bytes.length && visit(start, end)) return true;
      }
    }
    return false;
  }

  follows(position: number, end: number, bytes: Uint8Array): boolean {
    return this.#sameFrom(position, end, bytes, 0) === bytes.length;
  }

  /** How many of `bytes` stand at `position` and after it, in one run; the first ones, `known`, do. */
  #sameFrom(position: number, end: number, bytes: Uint8Array, known: number): number {
    let same = known;
    while (same < bytes.length) {
      if (!this.continues(position + same, end) || (this.wordAt(position + same) & 0xff) !== bytes[same]) break;
      same++;
    }
    return same;
  }

  /** Makes all words shared ones. */
  #share(): void {
    let shared = this.#own;
    if (this.#sharedLength > 0) {
      shared = new JavaScriptTextWords();
      shared.reserve(this.length);
      shared.append(this.#shared, this.#sharedLength);
      shared.append(this.#own, this.#own.length);
    }
    this.#shared = shared;
    this.#sharedLength = shared.length;
    this.#own = new JavaScriptTextWords();
  }
}

const NO_WORDS = new JavaScriptTextWords();

import { TextCandidates } from "./candidates.js";
import type { SearchedText } from "./searched-text.js";
import { TextWalk } from "./walk.js";
import { positionsIn } from "../ranges.js";
import type { EngineTextMatcher, TextSpanOptions } from "../../text-engine.js";
import { TokenTrie } from "./token-trie.js";

/** The tokens that may come next, and whether the tag is let through below the least length because nothing else is. */
interface TextContinuations {
  tokens: Int32Array;
  relaxed: boolean;
}

/** What is known after some pieces of a quote, beside its candidates. */
interface State {
  /** Bytes of the pieces. */
  length: number;
  /** How often the candidates were narrowed. */
  steps: number;
  /** For each place where the closing tag may have begun, how many bytes of it are there. */
  tags: readonly number[];
  /** Bytes of the quote, once the tag is complete; -1 before. */
  closedAt: number;
  /** The tokens that may come next, once worked out, if they are few. */
  next: TextContinuations | null;
}

/** What a piece is as more of the closing tag, or as text and then the tag. */
interface TagReadings {
  /** Whether the piece may be so read as a whole. */
  live: boolean;
  /** See {@link State}. */
  tags: readonly number[];
  closedAt: number;
}

const EMPTY: State = { length: 0, steps: 0, tags: [], closedAt: -1, next: null };
const NO_TOKENS = new Int32Array(0);

/** A state keeps so many tokens for itself. */
const FEW_TOKENS = 512;
/** What was worked out last of those that are more: no matcher keeps it. */
let largest: { state: State; next: TextContinuations } | null = null;

/** One quote of text: its candidates, and the closing tag that may have begun. */
export class JavaScriptTextMatcher implements EngineTextMatcher {
  readonly #context: SearchedText;
  readonly #trie: TokenTrie;
  readonly #candidates: TextCandidates;
  #options: TextSpanOptions = { ranges: null, tag: new Uint8Array(0), minBytes: 0, maxBytes: Infinity };
  /** One more than there are pieces. */
  #states: State[] = [{ ...EMPTY }];

  constructor(context: SearchedText) {
    this.#context = context;
    this.#trie = TokenTrie.of(context.vocabulary);
    this.#candidates = new TextCandidates(context);
  }

  get depth(): number {
    return this.#states.length - 1;
  }

  get byteLength(): number {
    return this.#state.length;
  }

  get closedAt(): number {
    return this.#state.closedAt;
  }

  begin(options: TextSpanOptions): void {
    this.#options = options;
    this.#states = [{ ...EMPTY }];
    this.#candidates.begin(options.ranges, options.maxBytes);
  }

  advance(token: number): boolean {
    const bytes = this.#bytesOf(token);
    return bytes.length > 0 && this.advanceBytes(bytes);
  }

  advanceBytes(bytes: Uint8Array): boolean {
    const readings = this.#readingsOf(bytes);
    if (readings === null) return false;
    const { tags, closedAt } = readings;
    if (bytes.length > 0 && closedAt < 0) this.#candidates.narrow(bytes);
    const length = this.#state.length + bytes.length;
    this.#states.push({ length, steps: this.#candidates.steps, tags, closedAt, next: null });
    return true;
  }

  rewind(depth: number): void {
    this.#states.length = depth + 1;
    this.#candidates.rewind(this.#state.steps, this.#state.length);
  }

  allows(token: number): boolean {
    const bytes = this.#bytesOf(token);
    return bytes.length > 0 && this.#readingsOf(bytes) !== null;
  }

  allowed(): Int32Array {
    return this.#next().tokens;
  }

  mayEnd(): boolean {
    return this.closedAt < 0 && this.#candidates.mayEnd();
  }

  draft(max: number, latest: boolean): Int32Array {
    if (this.closedAt >= 0) return NO_TOKENS;
    const bytes = this.#candidates.agreed(max * this.#trie.longest, latest);
    const { closedAt } = this.#readTags(bytes, this.#options.minBytes);
    // Where the closing tag is complete: no token of a draft goes so far.
    const complete = closedAt < 0 ? Infinity : closedAt + this.#options.tag.length - this.#state.length;
    const draft: number[] = [];
    for (let at = 0; draft.length < max && at < bytes.length;) {
      const token = this.#longestToken(bytes, at);
      if (token < 0) break;
      at += this.#bytesOf(token).length;
      if (at >= complete) break;
      draft.push(token);
    }
    return Int32Array.from(draft);
  }

  forget(): void {
    this.begin({ ...this.#options, ranges: null });
  }

  close(): void {
    this.forget();
  }

  get #state(): State {
    return this.#states[this.#states.length - 1];
  }

  #bytesOf(token: number): Uint8Array {
    const { offsets, bytes } = this.#context.vocabulary;
    return bytes.subarray(offsets[token], offsets[token + 1]);
  }

  /** The tag's readings of a piece, or null where it is not allowed as text either. */
  #readingsOf(bytes: Uint8Array): TagReadings | null {
    const { minBytes } = this.#options;
    const state = this.#state;
    if (state.closedAt >= 0) return null;
    if (bytes.length === 0) return { ...state, live: true };
    const isText = this.#candidates.goesOn(bytes);
    const readings = this.#readTags(bytes, minBytes);
    if (isText || readings.live) return readings;
    if (state.length >= minBytes || !this.#next().relaxed) return null;
    const relaxed = this.#readTags(bytes, 0);
    return relaxed.live ? relaxed : null;
  }

  #readTags(bytes: Uint8Array, minBytes: number): TagReadings {
    const { tag } = this.#options;
    const { length } = this.#state;
    const tags: number[] = [];
    let closedAt = Infinity;
    let live = false;
    const readTag = (progress: number, from: number) => {
      const needed = tag.length - progress;
      const given = bytes.length - from;
      if (given <= needed) live = true;
      if (given >= needed) closedAt = Math.min(closedAt, length + from - progress);
      else tags.push(progress + given);
    };
    for (const progress of this.#state.tags) {
      if (agree(tag, progress, bytes, 0)) readTag(progress, 0);
    }
    for (let from = 0; from < bytes.length; from++) {
      if (length + from < minBytes || tag.length === 0 || !agree(tag, 0, bytes, from)) continue;
      if (this.#candidates.mayEnd(bytes.subarray(0, from))) readTag(0, from);
    }
    return closedAt === Infinity ? { live, tags, closedAt: -1 } : { live, tags: [], closedAt };
  }

  /** The tokens that may come next, and whether the tag is let through because nothing else may. */
  #next(): TextContinuations {
    const state = this.#state;
    if (state.next !== null) return state.next;
    if (state === largest?.state) return largest.next;
    const { minBytes } = this.#options;
    const tokens = state.closedAt >= 0 ? NO_TOKENS : this.#collect(minBytes);
    const relaxed = state.closedAt < 0 && tokens.length === 0 && state.length < minBytes;
    const next = { tokens: relaxed ? this.#collect(0) : tokens, relaxed };
    if (next.tokens.length <= FEW_TOKENS) state.next = next;
    else largest = { state, next };
    return next;
  }

  #collect(minBytes: number): Int32Array {
    const { tag, maxBytes, ranges } = this.#options;
    const { length, tags } = this.#state;
    if (length === 0) return ranges === null ? this.#collectAnywhere(minBytes) : this.#collectFrom(ranges, minBytes);
    const walk = new TextWalk(this.#context, this.#trie, tag, minBytes - length);
    for (const progress of tags) walk.resume(progress);
    for (const start of this.#candidates.starts) {
      walk.follow(start + length, this.#candidates.endOf(start), start + maxBytes, false);
    }
    return walk.sorted();
  }

  /** The first tokens of quotes from anywhere. */
  #collectAnywhere(minBytes: number): Int32Array {
    const { tag, maxBytes } = this.#options;
    const options = `${minBytes} ${maxBytes} ${tag.join(" ")}`;
    return this.#context.firstTokens(options, (from, to) => this.#collectFrom(Int32Array.of(from, to), minBytes));
  }

  /** The first tokens of quotes that start in these ranges. */
  #collectFrom(starts: Int32Array, minBytes: number): Int32Array {
    const { tag, maxBytes } = this.#options;
    const walk = new TextWalk(this.#context, this.#trie, tag, minBytes);
    walk.close(0, 0);
    for (const start of positionsIn(starts, this.#context.length)) {
      if (this.#context.isStart(start)) walk.follow(start, this.#candidates.endOf(start), start + maxBytes, true);
    }
    return walk.sorted();
  }

  /** The longest token, the lowest among equals, that `bytes` go on with at `at`; -1 where there is none. */
  #longestToken(bytes: Uint8Array, at: number): number {
    let longest = -1;
    for (let node = 0; at < bytes.length; at++) {
      node = this.#trie.child(node, bytes[at]);
      if (node < 0) break;
      if (this.#trie.firstToken(node) >= 0) longest = this.#trie.firstToken(node);
    }
    return longest;
  }
}

/** Whether the tag from `progress` on and the bytes from `from` on agree, as far as both go. */
function agree(tag: Uint8Array, progress: number, bytes: Uint8Array, from: number): boolean {
  for (let i = progress, j = from; i < tag.length && j < bytes.length; i++, j++) {
    if (tag[i] !== bytes[j]) return false;
  }
  return true;
}

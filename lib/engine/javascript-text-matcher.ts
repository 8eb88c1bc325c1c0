import { unionOf } from "./ascending.js";
import type { JavaScriptTextContext, StartTokens } from "./javascript-text-context.js";
import { TextWalk } from "./javascript-text-walk.js";
import type { EngineTextMatcher, TextSpanOptions } from "./text-engine.js";
import { TokenTrie } from "./token-trie.js";
import { rangeEnd } from "./ranges.js";

/** The tokens that may come next, and whether the tag is let through below the least length because nothing else is. */
interface TextContinuations {
  tokens: Int32Array;
  relaxed: boolean;
}

/** What is known after some pieces of a quote. */
interface State {
  /** Bytes of the pieces. */
  length: number;
  /** For each candidate that has all these bytes, ascending, the position after them; `null`: no byte yet. */
  survivors: readonly number[] | null;
  /** For each place where the closing tag may have begun, how many bytes of it are there. */
  tags: readonly number[];
  /** Bytes of the quote, once the tag is complete; -1 before. */
  closedAt: number;
  /** The tokens that may come next, once worked out. */
  next: TextContinuations | null;
}

const EMPTY: State = { length: 0, survivors: null, tags: [], closedAt: -1, next: null };
const NO_TOKENS = new Int32Array(0);
const NOTHING_SETTLED: StartTokens = { settled: 0, before: NO_TOKENS, all: null };

/** Candidates as a survivor filter: each piece of the quote leaves a shorter list of positions. */
export class JavaScriptTextMatcher implements EngineTextMatcher {
  readonly #context: JavaScriptTextContext;
  readonly #trie: TokenTrie;
  #options: TextSpanOptions = { ranges: null, tag: new Uint8Array(0), minBytes: 0, maxBytes: Infinity };
  #states: State[] = [{ ...EMPTY }];

  constructor(context: JavaScriptTextContext) {
    this.#context = context;
    this.#trie = TokenTrie.of(context.vocabulary);
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
  }

  advance(token: number): boolean {
    const bytes = this.#bytesOf(token);
    return bytes.length > 0 && this.advanceBytes(bytes);
  }

  advanceBytes(bytes: Uint8Array): boolean {
    const next = this.#after(bytes);
    if (next !== null) this.#states.push(next);
    return next !== null;
  }

  rewind(depth: number): void {
    this.#states.length = depth + 1;
  }

  allows(token: number): boolean {
    const bytes = this.#bytesOf(token);
    return bytes.length > 0 && this.#after(bytes) !== null;
  }

  allowed(): Int32Array {
    return this.#next().tokens;
  }

  mayEnd(): boolean {
    const { length, survivors, closedAt } = this.#state;
    return closedAt < 0 && (survivors === null || this.#anyEnds(survivors, length));
  }

  draft(max: number, latest: boolean): Int32Array {
    const bytes = this.#agreed(max * this.#trie.longest, latest);
    const draft: number[] = [];
    const depth = this.depth;
    for (let at = 0; draft.length < max && at < bytes.length;) {
      const token = this.#longestToken(bytes, at);
      if (token < 0 || !this.advance(token) || this.closedAt >= 0) break;
      draft.push(token);
      at += this.#bytesOf(token).length;
    }
    this.rewind(depth);
    return Int32Array.from(draft);
  }

  close(): void {
    this.#states = [{ ...EMPTY }];
  }

  get #state(): State {
    return this.#states[this.#states.length - 1];
  }

  #bytesOf(token: number): Uint8Array {
    const { offsets, bytes } = this.#context.vocabulary;
    return bytes.subarray(offsets[token], offsets[token + 1]);
  }

  /** The state after one more piece, or null where it is not allowed. */
  #after(bytes: Uint8Array): State | null {
    const { minBytes } = this.#options;
    const state = this.#state;
    if (state.closedAt >= 0) return null;
    if (bytes.length === 0) return state;
    const after = this.#read(bytes, minBytes);
    return after === null && state.length < minBytes && this.#next().relaxed ? this.#read(bytes, 0) : after;
  }

  /** All readings of a piece together: as text, as more of a tag that has begun, as text and then the tag. */
  #read(bytes: Uint8Array, minBytes: number): State | null {
    const { tag } = this.#options;
    const { length } = this.#state;
    const survivors = this.#narrow(bytes);
    const tags: number[] = [];
    let closedAt = Infinity;
    let live = survivors.length > 0;
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
      if (this.#mayEndAfter(bytes.subarray(0, from))) readTag(0, from);
    }
    if (!live) return null;
    const closed = closedAt !== Infinity;
    const next = { length: length + bytes.length, next: null };
    return closed ? { ...next, survivors: [], tags: [], closedAt } : { ...next, survivors, tags, closedAt: -1 };
  }

  /** The candidates that go on with `bytes`, and from there reach a place where a quote may end. */
  #narrow(bytes: Uint8Array): readonly number[] {
    const context = this.#context;
    const { length, survivors } = this.#state;
    const { maxBytes } = this.#options;
    const narrowed: number[] = [];
    if (length + bytes.length > maxBytes) return narrowed;
    if (survivors === null) {
      context.findMatch(bytes, this.#ranges(), (start, end) => {
        const next = start + bytes.length;
        if (context.nextEnd(next, end) - start <= maxBytes) narrowed.push(next);
        return false;
      });
      return narrowed;
    }
    for (const position of survivors) {
      const start = position - length;
      const end = this.#endOf(start);
      if (!context.follows(position, end, bytes, 0)) continue;
      const next = position + bytes.length;
      if (context.nextEnd(next, end) - start <= maxBytes) narrowed.push(next);
    }
    return narrowed;
  }

  #mayEndAfter(bytes: Uint8Array): boolean {
    const { length, survivors } = this.#state;
    if (bytes.length > 0) return this.#anyEnds(this.#narrow(bytes), length + bytes.length);
    return survivors === null || this.#anyEnds(survivors, length);
  }

  #anyEnds(positions: readonly number[], length: number): boolean {
    return positions.some((position) => this.#context.isEnd(position, this.#endOf(position - length)));
  }

  /** The tokens that may come next, and whether the tag is let through because nothing else may. */
  #next(): TextContinuations {
    const state = this.#state;
    if (state.next !== null) return state.next;
    const { minBytes } = this.#options;
    const tokens = state.closedAt >= 0 ? NO_TOKENS : this.#collect(minBytes);
    const relaxed = state.closedAt < 0 && tokens.length === 0 && state.length < minBytes;
    return (state.next = { tokens: relaxed ? this.#collect(0) : tokens, relaxed });
  }

  #collect(minBytes: number): Int32Array {
    const { tag, maxBytes, ranges } = this.#options;
    const { length, survivors, tags } = this.#state;
    if (survivors === null)
      return ranges === null ? this.#collectAnywhere(minBytes) : this.#collectFrom(ranges, minBytes);
    const walk = new TextWalk(this.#context, this.#trie, tag, minBytes - length);
    for (const progress of tags) walk.resume(progress);
    for (const position of survivors) {
      const start = position - length;
      walk.follow(position, this.#endOf(start), start + maxBytes, false);
    }
    return walk.sorted();
  }

  /** The first tokens of quotes from anywhere. What is settled of the context is not looked at again. */
  #collectAnywhere(minBytes: number): Int32Array {
    const { tag, maxBytes } = this.#options;
    const context = this.#context;
    const options = `${minBytes} ${maxBytes} ${tag.join(" ")}`;
    const known = context.starts.get(options) ?? NOTHING_SETTLED;
    if (known.all !== null) return known.all;
    const settled = Math.max(known.settled, context.lastRunStart());
    const collect = (from: number, to: number) => this.#collectFrom(Int32Array.of(from, to), minBytes);
    const before = settled === known.settled ? known.before : unionOf(known.before, collect(known.settled, settled));
    const all = unionOf(before, collect(settled, context.length));
    context.starts.set(options, { settled, before, all });
    return all;
  }

  /** The first tokens of quotes that start in these ranges. */
  #collectFrom(starts: Int32Array, minBytes: number): Int32Array {
    const { tag, maxBytes } = this.#options;
    const walk = new TextWalk(this.#context, this.#trie, tag, minBytes);
    walk.close(0, 0);
    for (const start of this.#starts(starts)) walk.follow(start, this.#endOf(start), start + maxBytes, true);
    return walk.sorted();
  }

  /** Where quotes may start. */
  *#starts(ranges: Int32Array): Generator<number> {
    for (let range = 0; range < ranges.length; range += 2) {
      const end = Math.min(ranges[range + 1], this.#context.length);
      for (let start = ranges[range]; start < end; start++) {
        if (this.#context.isStart(start)) yield start;
      }
    }
  }

  #ranges(): Int32Array {
    return this.#options.ranges ?? Int32Array.of(0, this.#context.length);
  }

  /** Where the range of a candidate ends. */
  #endOf(start: number): number {
    const { ranges } = this.#options;
    const { length } = this.#context;
    return ranges === null ? length : Math.min(rangeEnd(ranges, start), length);
  }

  /** The bytes, at most `max`, on which all candidates that have a continuation agree; `latest`: the last one's. */
  #agreed(max: number, latest: boolean): Uint8Array {
    const { length, survivors, closedAt } = this.#state;
    const bytes: number[] = [];
    if (closedAt >= 0) return Uint8Array.from(bytes);
    let candidates: number[] = [];
    for (const position of survivors ?? this.#starts(this.#ranges())) {
      if (this.#goesOn(position, length, survivors === null)) candidates.push(position);
    }
    if (latest) candidates = candidates.slice(-1);
    const { words } = this.#context;
    while (bytes.length < max && candidates.length > 0) {
      const byte = words[candidates[0]] & 0xff;
      if (candidates.some((position) => (words[position] & 0xff) !== byte)) break;
      bytes.push(byte);
      const quoted = length + bytes.length;
      candidates = candidates.map((position) => position + 1).filter((next) => this.#goesOn(next, quoted, false));
    }
    return Uint8Array.from(bytes);
  }

  /** Whether the candidate whose first `quoted` bytes end before `position` has a continuation. */
  #goesOn(position: number, quoted: number, first: boolean): boolean {
    const context = this.#context;
    const start = position - quoted;
    const end = this.#endOf(start);
    if (!(first ? context.isStart(position) : context.continues(position, end))) return false;
    return context.nextEnd(position + 1, end) - start <= this.#options.maxBytes;
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

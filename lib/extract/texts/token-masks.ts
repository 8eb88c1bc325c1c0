import type { TokenTree } from "../../vocabulary/tree.js";
import type { Narrowing, Texts } from "./texts.js";
import { Reading, TextThread, type Thread } from "./threads.js";

/** What is known of so many states is kept. */
const MAX_KEPT = 32;

/** A node of the tree where a text ends, and the bytes on the way to it, a character per byte. */
interface TextEnd {
  readonly node: number;
  readonly bytes: string;
}

/** From a state of a set of texts: the tokens that lie in them, and where below the root a text may end. */
interface InnerTokens {
  readonly tokens: readonly number[];
  readonly ends: readonly TextEnd[];
}

/** Finds the tokens whose bytes a reading goes on with. */
export class TokenMasks {
  readonly #tree: TokenTree;
  /** At index `token`: 1 where it was found. */
  readonly #found: Uint8Array;
  readonly #kept = new Map<string, InnerTokens>();
  #last: { readonly key: string; readonly tokens: Int32Array } | null = null;

  constructor(tree: TokenTree, vocabSize: number) {
    this.#tree = tree;
    this.#found = new Uint8Array(vocabSize);
  }

  /** The tokens that the threads go on with, ascending: the same array as long as they are the same. */
  of(reading: Reading): Int32Array {
    const threads = [...reading.threads];
    const key = threads.map((thread) => this.#keyOf(thread)).join("\n");
    if (this.#last?.key !== key) {
      this.#found.fill(0);
      for (const thread of threads) {
        if (thread instanceof TextThread) this.#findTexts(thread as TextThread<unknown>);
        else this.#findBelow(0, readingOf(thread));
      }
      this.#last = { key, tokens: indicesOfOnes(this.#found) };
    }
    return this.#last.tokens;
  }

  /** Of threads that go on alike for as long as a token is. */
  #keyOf(thread: Thread): string {
    return thread instanceof TextThread ? thread.keyFor(this.#tree.longest) : thread.key;
  }

  /** Tokens in the texts of a thread, and those that go on behind one of these. */
  #findTexts(thread: TextThread<unknown>): void {
    const { texts, state } = thread;
    const narrowing = texts.narrow?.(state) ?? { of: texts, state, without: [] };
    const inner = this.#innerOf(narrowing.of, narrowing.state);
    const { dead, unended } = this.#leftOut(thread, narrowing);
    const { starts, ends } = this.#tree;
    const isOut = (node: number) => unended.has(node) || dead.some((top) => node >= top && node < ends[top]);
    if (dead.length === 0) for (const token of inner.tokens) this.#found[token] = 1;
    else {
      const out = new Set(dead.flatMap((top) => [...this.#tree.tokens.subarray(starts[top], starts[ends[top]])]));
      for (const token of inner.tokens) if (!out.has(token)) this.#found[token] = 1;
    }
    // What follows may depend on the text, where that is kept.
    let behind: Reading | null = null;
    for (const { node, bytes } of inner.ends) {
      if (isOut(node)) continue;
      if (behind === null || thread.keepsText) behind = thread.behind(bytes);
      this.#findBelow(node, behind);
    }
  }

  /** Where texts that are left out lead: to nodes that no text is left for, and to such where none ends. */
  #leftOut({ texts, state }: TextThread<unknown>, { without }: Narrowing) {
    const [dead, unended]: [number[], Set<number>] = [[], new Set()];
    for (const rest of without) {
      let [node, at]: [number, unknown] = [0, state];
      for (let i = 0; i < rest.length && node >= 0 && at !== null; i++) {
        node = this.#tree.child(node, rest.charCodeAt(i));
        if (node >= 0) at = texts.step(at, rest.charCodeAt(i));
      }
      if (node < 0) continue;
      if (at === null) dead.push(node);
      else unended.add(node);
    }
    return { dead, unended };
  }

  #innerOf(texts: Texts, state: unknown): InnerTokens {
    if (!texts.isWide) return this.#findInner(texts, state);
    const key = `${texts.id} ${texts.key(state, this.#tree.longest)}`;
    const kept = this.#kept.get(key);
    const inner = kept ?? this.#findInner(texts, state);
    // The latest is the last to be forgotten.
    this.#kept.delete(key);
    this.#kept.set(key, inner);
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return inner;
  }

  #findInner(texts: Texts, start: unknown): InnerTokens {
    const { bytes, ends, starts, tokens } = this.#tree;
    const found: number[] = [];
    const textEnds: TextEnd[] = [];
    const visit = (parent: number, state: unknown, path: string) => {
      for (let node = parent + 1; node < ends[parent]; node = ends[node]) {
        const next = texts.step(state, bytes[node]);
        if (next === null) continue;
        for (let i = starts[node]; i < starts[node + 1]; i++) found.push(tokens[i]);
        if (ends[node] === node + 1) continue;
        const longer = path + String.fromCharCode(bytes[node]);
        if (texts.accepts(next)) textEnds.push({ node, bytes: longer });
        visit(node, next, longer);
      }
    };
    visit(0, start, "");
    return { tokens: found, ends: textEnds };
  }

  /** The tokens below a node whose further bytes a reading goes on with. */
  #findBelow(parent: number, reading: Reading): void {
    const { bytes, ends, starts, tokens } = this.#tree;
    const only = reading.onlyByte();
    const first = only < 0 ? parent + 1 : this.#tree.child(parent, only);
    if (first < 0) return;
    for (let node = first; node < ends[parent]; node = only < 0 ? ends[node] : ends[parent]) {
      const next = reading.after(bytes[node]);
      if (next.isEmpty) continue;
      for (let i = starts[node]; i < starts[node + 1]; i++) this.#found[tokens[i]] = 1;
      if (ends[node] > node + 1) this.#findBelow(node, next);
    }
  }
}

function readingOf(thread: Thread): Reading {
  const reading = new Reading();
  reading.add(thread);
  return reading;
}

function indicesOfOnes(flags: Uint8Array): Int32Array {
  const indices: number[] = [];
  for (let i = flags.indexOf(1); i >= 0; i = flags.indexOf(1, i + 1)) indices.push(i);
  return Int32Array.from(indices);
}

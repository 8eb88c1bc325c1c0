import { NodeMarks } from "./node-marks.js";
import type { EngineVocabulary } from "../../token-table.js";

const NONE = -1;
const tries = new WeakMap<EngineVocabulary, TokenTrie>();

/** The tokens of a vocabulary by their bytes. Node 0 is the root; an edge is an entry of one hash table. */
export class TokenTrie {
  /** At each slot of the table: the parent times 256, plus the byte; and the child, 0 where the slot is free. */
  #keys = new Uint32Array(1024);
  #children = new Int32Array(1024);
  #nodes = 1;
  /** At index `node`: the lowest token that has these bytes; at index `token`: the next one that has the same. */
  #first: Int32Array;
  readonly #next: Int32Array;
  /** Bytes of the longest token. */
  readonly longest: number;
  /** What a walk knows of the nodes. */
  readonly marks: NodeMarks;

  constructor({ vocabSize, offsets, bytes }: EngineVocabulary) {
    this.#first = new Int32Array(1024).fill(NONE);
    this.#next = new Int32Array(vocabSize).fill(NONE);
    let longest = 0;
    for (let token = vocabSize - 1; token >= 0; token--) {
      if (offsets[token + 1] === offsets[token]) continue;
      longest = Math.max(longest, offsets[token + 1] - offsets[token]);
      let node = 0;
      for (let at = offsets[token]; at < offsets[token + 1]; at++) node = this.#childOrNew(node, bytes[at]);
      this.#next[token] = this.#first[node];
      this.#first[node] = token;
    }
    this.longest = longest;
    this.marks = new NodeMarks(this.#nodes);
  }

  /** The trie of a vocabulary, built once. */
  static of(vocabulary: EngineVocabulary): TokenTrie {
    let trie = tries.get(vocabulary);
    if (trie === undefined) {
      trie = new TokenTrie(vocabulary);
      tries.set(vocabulary, trie);
    }
    return trie;
  }

  /** The child of `node` by `byte`, or -1. */
  child(node: number, byte: number): number {
    const child = this.#children[this.#slot(node * 256 + byte)];
    return child === 0 ? NONE : child;
  }

  /** The lowest token whose bytes end at `node`, or -1. */
  firstToken(node: number): number {
    return this.#first[node];
  }

  /** The next token with the bytes of `token`, or -1. */
  nextToken(token: number): number {
    return this.#next[token];
  }

  #childOrNew(node: number, byte: number): number {
    const key = node * 256 + byte;
    let slot = this.#slot(key);
    if (this.#children[slot] !== 0) return this.#children[slot];
    if (2 * this.#nodes >= this.#keys.length) {
      this.#grow();
      slot = this.#slot(key);
    }
    this.#keys[slot] = key;
    this.#children[slot] = this.#nodes;
    return this.#nodes++;
  }

  /** The slot that holds `key`, or the free one where it would go. */
  #slot(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = (Math.imul(key, 0x9e3779b1) >>> 7) & mask;
    while (this.#children[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, children, first] = [this.#keys, this.#children, this.#first];
    this.#keys = new Uint32Array(2 * keys.length);
    this.#children = new Int32Array(2 * keys.length);
    this.#first = new Int32Array(2 * keys.length).fill(NONE);
    this.#first.set(first);
    children.forEach((child, from) => {
      if (child === 0) return;
      const slot = this.#slot(keys[from]);
      this.#keys[slot] = keys[from];
      this.#children[slot] = child;
    });
  }
}

import type { SearchedText } from "./searched-text.js";
import { CONTINUES, EDGE } from "./words.js";
import type { TokenTrie } from "./token-trie.js";

/** What is known of a node of the trie, so that no node is done twice. */
const EMITTED = 1;
const CLOSED = 2;

/**
 * Walks the token trie along the text after candidates, and collects the tokens that may come next: those that lie in
 * the text, and those that leave it at an edge for the closing tag. One walk at a time: the next one takes its marks.
 */
export class TextWalk {
  readonly tokens: number[] = [];

  constructor(
    readonly context: SearchedText,
    readonly trie: TokenTrie,
    readonly tag: Uint8Array,
    /** Bytes of a token that must belong to the quote before the tag may begin. */
    readonly withheld: number,
  ) {
    trie.marks.clear();
  }

  /**
   * A candidate whose next byte is at `position`, which may go on to `end` of its range, and to the last place where a
   * quote may end up to `limit`. `first`: no byte is quoted yet.
   */
  follow(position: number, end: number, limit: number, first: boolean): void {
    const { context, trie } = this;
    let node = 0;
    let nextEnd = position;
    for (let at = position; ; at++) {
      const word = at < end ? context.wordAt(at) : 0;
      const flag = first && at === position ? EDGE : CONTINUES;
      const isEnd = (word & CONTINUES) === 0 || (word & EDGE) !== 0;
      if (isEnd && flag === CONTINUES) this.close(node, at - position);
      if ((word & flag) === 0) return;
      node = trie.child(node, word & 0xff);
      if (node < 0) return;
      if (nextEnd <= at) nextEnd = context.nextEnd(at + 1, end, limit);
      if (nextEnd > limit) return;
      this.#emit(node);
    }
  }

  /** The tokens that go on along the tag from `node`, `quoted` bytes below the root. */
  close(node: number, quoted: number): void {
    if (quoted >= this.withheld && this.trie.marks.mark(node, CLOSED)) this.#along(node, 0);
  }

  /** The tokens that go on with a tag of which `progress` bytes are there. */
  resume(progress: number): void {
    this.#along(0, progress);
  }

  sorted(): Int32Array {
    return Int32Array.from(this.tokens).sort();
  }

  #along(node: number, progress: number): void {
    for (let i = progress; i < this.tag.length; i++) {
      node = this.trie.child(node, this.tag[i]);
      if (node < 0) return;
      this.#emit(node);
    }
  }

  #emit(node: number): void {
    if (!this.trie.marks.mark(node, EMITTED)) return;
    for (let token = this.trie.firstToken(node); token >= 0; token = this.trie.nextToken(token)) {
      this.tokens.push(token);
    }
  }
}

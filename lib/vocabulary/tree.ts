import type { EngineVocabulary } from "../engine/token-table.js";

/** Longer tokens are left out: a walk goes as deep as they are long. */
const MAX_TOKEN_BYTES = 1024;

const trees = new WeakMap<EngineVocabulary, TokenTree>();

/**
 * The tokens of a vocabulary by their bytes: nodes in the order in which a walk meets them, children ascending. Node 0 is
 * the root, and the first child of a node is the next one, if the node has any.
 */
export class TokenTree {
  /** At index `node`: the byte that leads to it. */
  readonly bytes: Uint8Array;
  /** At index `node`: one past the last node below it. */
  readonly ends: Int32Array;
  /** All tokens in the order of the nodes where their bytes end. */
  readonly tokens: Int32Array;
  /** At index `node`: where its tokens begin in `tokens`; those of the nodes below it follow. */
  readonly starts: Int32Array;
  /** Bytes of the longest token. */
  readonly longest: number;

  private constructor(vocabulary: EngineVocabulary) {
    const { offsets, bytes } = vocabulary;
    this.tokens = tokensInOrder(vocabulary);
    const [nodes, ends, starts]: number[][] = [[0], [0], [0]];
    /** The nodes on the way to the last token, by depth. */
    const path = [0];
    let longest = 0;
    this.tokens.forEach((token, index) => {
      const length = offsets[token + 1] - offsets[token];
      longest = Math.max(longest, length);
      let shared = 0;
      while (
        shared + 1 < path.length &&
        shared < length &&
        nodes[path[shared + 1]] === bytes[offsets[token] + shared]
      ) {
        shared++;
      }
      for (const node of path.splice(shared + 1)) ends[node] = nodes.length;
      for (let depth = shared; depth < length; depth++) {
        path.push(nodes.length);
        nodes.push(bytes[offsets[token] + depth]);
        starts.push(index);
        ends.push(0);
      }
    });
    for (const node of path) ends[node] = nodes.length;
    starts.push(this.tokens.length);
    this.bytes = Uint8Array.from(nodes);
    this.ends = Int32Array.from(ends);
    this.starts = Int32Array.from(starts);
    this.longest = longest;
  }

  /** The tree of a vocabulary, built once. */
  static of(vocabulary: EngineVocabulary): TokenTree {
    let tree = trees.get(vocabulary);
    if (tree === undefined) trees.set(vocabulary, (tree = new TokenTree(vocabulary)));
    return tree;
  }

  /** The child of `node` by `byte`, or -1. */
  child(node: number, byte: number): number {
    for (let child = node + 1; child < this.ends[node]; child = this.ends[child]) {
      if (this.bytes[child] === byte) return child;
      if (this.bytes[child] > byte) break;
    }
    return -1;
  }
}

function tokensInOrder({ vocabSize, offsets, bytes }: EngineVocabulary): Int32Array {
  const ids: number[] = [];
  for (let id = 0; id < vocabSize; id++) {
    const length = offsets[id + 1] - offsets[id];
    if (length > 0 && length <= MAX_TOKEN_BYTES) ids.push(id);
  }
  return Int32Array.from(ids).sort((a, b) => {
    const [endA, endB] = [offsets[a + 1], offsets[b + 1]];
    let [atA, atB] = [offsets[a], offsets[b]];
    while (atA < endA && atB < endB && bytes[atA] === bytes[atB]) {
      atA++;
      atB++;
    }
    if (atA === endA || atB === endB) return endA - atA - (endB - atB) || a - b;
    return bytes[atA] - bytes[atB];
  });
}

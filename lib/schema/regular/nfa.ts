import type { CodePoints } from "./code-points.js";
import type { Transitions } from "./dfa.js";

/** What has to hold for an edge without a character to be taken. */
export type Guard =
  /** Nothing was read yet. */
  | { readonly type: "start" }
  /** Here is the edge of a word, or (`negate`) is none. */
  | { readonly type: "word"; readonly negate: boolean }
  /** What follows is accepted by an automaton of the NFA's `ahead`: which one depends on what stands before. */
  | { readonly type: "followed"; readonly by: Readonly<Record<Before, number>> };

/** What stands before a place: nothing, a character of a word, another one. */
export type Before = "start" | "word" | "other";

/** An edge: of a character in `on`, or of none. */
export interface Edge {
  readonly to: number;
  readonly on: CodePoints | null;
  readonly guard: Guard | null;
}

/** Quantifiers repeat what is in them: no automaton has more nodes. */
const MAX_NODES = 50_000;

/** An automaton that would take more nodes than it is worth. */
export class TooManyNodes extends Error {}

/** An automaton in the making: nodes, edges, and what guards look ahead for. */
export class Nfa {
  readonly edges: Edge[][] = [];
  readonly ahead: Transitions[];

  constructor(ahead: readonly Transitions[]) {
    this.ahead = [...ahead];
  }

  /** @throws TooManyNodes */
  node(): number {
    if (this.edges.length >= MAX_NODES) throw new TooManyNodes();
    this.edges.push([]);
    return this.edges.length - 1;
  }

  edge(from: number, to: number, on: CodePoints | null = null, guard: Guard | null = null): void {
    this.edges[from].push({ to, on, guard });
  }
}

import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { CharacterClasses } from "./character-classes.js";
import { ALL, type CodePoints } from "./code-points.js";
import { type Alphabet, complement, Determinizer } from "./determinize.js";
import { Dfa, TooComplex, type Transitions } from "./dfa.js";
import { type Before, Nfa, TooManyNodes } from "./nfa.js";
import { charactersOf, WORDS } from "./pattern-sets.js";

/** A pattern that no automaton can be made of: `message` says why. */
export class PatternError extends Error {}

/** The latest, since schemas repeat their patterns. */
const known = new Map<string, Dfa>();
const MAX_KNOWN = 256;

/**
 * The strings that a regular expression of JavaScript matches somewhere, as the `pattern` of a JSON schema does.
 * @throws PatternError
 */
export function compilePattern(source: string): Dfa {
  let dfa = known.get(source);
  if (dfa === undefined) {
    if (known.size === MAX_KNOWN) known.clear();
    known.set(source, (dfa = compile(source)));
  }
  return dfa;
}

function compile(source: string): Dfa {
  const { pattern, unicode } = parse(source);
  try {
    const dfa = new Dfa(new PatternCompiler(pattern).search());
    // Without the flag "u" a character outside the BMP counts as two: strings without them read the same either way.
    return unicode ? dfa : dfa.intersect(IN_BMP);
  } catch (error) {
    const tooComplex = error instanceof TooComplex || error instanceof TooManyNodes || error instanceof RangeError;
    throw tooComplex ? new PatternError("it is too complex") : error;
  }
}

function parse(source: string): { pattern: AST.Pattern; unicode: boolean } {
  const parser = new RegExpParser();
  try {
    return { pattern: parser.parsePattern(source, 0, source.length, { unicode: true }), unicode: true };
  } catch {
    // Escapes such as "\_" are errors with the flag "u" only.
  }
  try {
    return { pattern: parser.parsePattern(source, 0, source.length, { unicode: false }), unicode: false };
  } catch {
    throw new PatternError("it is no regular expression of JavaScript");
  }
}

/** The strings of characters of the BMP. */
const IN_BMP = new Dfa({
  classes: CharacterClasses.of([[0, 0xffff]]),
  next: CharacterClasses.of([[0, 0xffff]]).samples.map((point) => (point <= 0xffff ? 0 : -1)),
  accepting: [true],
});

/** Among what an NFA looks ahead for, after the edges of words: the end of the string. */
const END_AHEAD = 2;
const AT_END = { type: "followed", by: { start: END_AHEAD, word: END_AHEAD, other: END_AHEAD } } as const;

/** From the syntax tree to an automaton, by way of an NFA. */
class PatternCompiler {
  readonly #pattern: AST.Pattern;
  readonly #sets = new Map<AST.Node, CodePoints>();
  readonly #alphabet: Alphabet;
  readonly #ahead: readonly Transitions[];

  constructor(pattern: AST.Pattern) {
    this.#pattern = pattern;
    this.#readSets(pattern.alternatives);
    const classes = CharacterClasses.of([WORDS, ...this.#sets.values()]);
    const isWord = classes.membersOf(WORDS);
    const word = startingWith(classes, isWord);
    this.#alphabet = { classes, isWord };
    this.#ahead = [word, complement(word), emptyString(classes)];
  }

  /** The strings in which the pattern matches somewhere. */
  search(): Transitions {
    const nfa = new Nfa(this.#ahead);
    const start = nfa.node();
    nfa.edge(start, start, ALL);
    return this.#determinizer(nfa, start, this.#pattern.alternatives).run(start, "start");
  }

  /** Of what begins with one of the alternatives, from a node of the NFA on. */
  #determinizer(nfa: Nfa, start: number, alternatives: readonly AST.Alternative[]): Determinizer {
    const end = nfa.node();
    nfa.edge(end, end, ALL);
    this.#alternatives(nfa, start, end, alternatives);
    return new Determinizer(nfa, end, this.#alphabet);
  }

  #alternatives(nfa: Nfa, from: number, to: number, all: readonly AST.Alternative[]): void {
    for (const { elements } of all) {
      let at = from;
      for (const element of elements) {
        const next = nfa.node();
        this.#element(nfa, at, next, element);
        at = next;
      }
      nfa.edge(at, to);
    }
  }

  #element(nfa: Nfa, from: number, to: number, element: AST.Element): void {
    switch (element.type) {
      case "Assertion":
        return this.#assertion(nfa, from, to, element);
      case "Quantifier":
        return this.#quantifier(nfa, from, to, element);
      case "Group":
        if (element.modifiers !== null) throw new PatternError(`"${element.modifiers.raw}" sets flags`);
        return this.#alternatives(nfa, from, to, element.alternatives);
      case "CapturingGroup":
        return this.#alternatives(nfa, from, to, element.alternatives);
      default:
        return nfa.edge(from, to, this.#sets.get(element)!);
    }
  }

  #assertion(nfa: Nfa, from: number, to: number, assertion: AST.Assertion): void {
    switch (assertion.kind) {
      case "end":
        return nfa.edge(from, to, null, AT_END);
      case "start":
        return nfa.edge(from, to, null, { type: "start" });
      case "word":
        return nfa.edge(from, to, null, { type: "word", negate: assertion.negate });
      case "lookbehind":
        throw new PatternError(`"${assertion.raw}" looks behind`);
      case "lookahead":
        return nfa.edge(from, to, null, { type: "followed", by: this.#lookAhead(nfa, assertion) });
    }
  }

  /** Adds what an assertion looks ahead for: one automaton, or where it asks what stands before it, one for each. */
  #lookAhead(nfa: Nfa, { alternatives, negate }: AST.LookaheadAssertion): Record<Before, number> {
    const inner = new Nfa(this.#ahead);
    const start = inner.node();
    const determinizer = this.#determinizer(inner, start, alternatives);
    const add = (before: Before) => {
      const language = determinizer.run(start, before);
      return nfa.ahead.push(negate ? complement(language) : language) - 1;
    };
    const other = add("other");
    if (!asksWhatIsBefore(alternatives)) return { start: other, word: other, other };
    return { start: add("start"), word: add("word"), other };
  }

  #quantifier(nfa: Nfa, from: number, to: number, { min, max, element }: AST.Quantifier): void {
    let at = from;
    const again = () => {
      const next = nfa.node();
      this.#element(nfa, at, next, element);
      return next;
    };
    for (let i = 0; i < min; i++) at = again();
    if (max === Infinity) {
      const loop = nfa.node();
      nfa.edge(at, loop);
      at = loop;
      nfa.edge(again(), loop);
    } else {
      for (let i = min; i < max; i++) {
        nfa.edge(at, to);
        at = again();
      }
    }
    nfa.edge(at, to);
  }

  /** The characters of every element that stands for one of several. */
  #readSets(alternatives: readonly AST.Alternative[]): void {
    for (const element of alternatives.flatMap(({ elements }) => elements)) {
      const inner = element.type === "Quantifier" ? element.element : element;
      if (inner.type === "Backreference") throw new PatternError(`"${inner.raw}" refers back`);
      if ("alternatives" in inner) this.#readSets(inner.alternatives);
      else if (inner.type !== "Assertion") this.#sets.set(inner, charactersOf(inner));
    }
  }
}

/** Whether there is an assertion for which it matters what stands before it. */
function asksWhatIsBefore(alternatives: readonly AST.Alternative[]): boolean {
  return alternatives.some(({ elements }) =>
    elements.some((element) => {
      const inner = element.type === "Quantifier" ? element.element : element;
      if (inner.type === "Assertion" && (inner.kind === "start" || inner.kind === "word")) return true;
      return "alternatives" in inner && asksWhatIsBefore(inner.alternatives);
    }),
  );
}

function emptyString(classes: CharacterClasses): Transitions {
  return { classes, next: new Array<number>(classes.count).fill(-1), accepting: [true] };
}

/** What begins with a character of one of these classes. */
function startingWith(classes: CharacterClasses, members: readonly boolean[]): Transitions {
  const first = members.map((isMember) => (isMember ? 1 : -1));
  return { classes, next: [...first, ...new Array<number>(classes.count).fill(1)], accepting: [false, true] };
}

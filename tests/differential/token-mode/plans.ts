import type { SessionOptions } from "../../oracle/session.js";
import { Random } from "../../support/random.js";
import { barrierLetter, createText, textKinds } from "../../support/texts.js";
import type { Plan } from "./explorer.js";
import { append, layout, type Manner, usualInside, usualOutside, type Weights } from "../proposals.js";
import { SessionOracle } from "../../oracle/session.js";
import type { Setup } from "./duel.js";
import { type Append, performOnOracle, type Pieces } from "../operations.js";

/** What a suite asks of its plans. */
export interface Taste {
  /** Sizes of alphabet to choose from. */
  alphabets: readonly number[];
  /** Lengths that contexts may reach, to choose from. */
  maxLengths: readonly number[];
  maxAppend: number;
  /** Operations in one scenario. */
  length: number;
  outside?: Weights;
  inside?: Weights;
  /** Sizes of the appends that a scenario begins with. */
  opening?: (random: Random) => readonly number[];
  /** How many of these are documents; 0.25 unless given. */
  openingDocuments?: number;
  /** How often documents have a text, and how often quotes then snap to it; 0 unless given. */
  layouts?: number;
}

/** What the texts of documents are made of: pieces of words, of scripts without spaces, and of what has odd edges. */
const pieceSets: readonly Pieces[] = [
  ["a", "b", " ", "ab", " a", "b ", "é", ". ", "\n"],
  ["日", "本語", "。", "は", " ", "\n", "한", "글은", "「", "カ", "12"],
  ["a", "\u0301", "👍", "🏽", "\u200d", "\r\n", "\r", "", "Mr.", " A", "?! ", "x"],
];

/** A random plan: a vocabulary, options, a text, and perhaps a shared context. */
export function plan(taste: Taste, seed: number): Plan {
  const random = new Random(seed);
  const kind = textKinds[seed % textKinds.length]!;
  const letters = random.pick(taste.alphabets);
  const options = randomOptions(letters, random);
  const alphabet = shuffledAlphabet(letters, options, random);
  const barrier = barrierLetter(kind, alphabet, random);
  if (barrier !== undefined) options.barrierTokenIds = [...options.barrierTokenIds, barrier];
  const manner: Manner = {
    text: createText(kind, alphabet, random),
    alphabet,
    maxLength: random.pick(taste.maxLengths),
    maxAppend: taste.maxAppend,
    barrierRate: random.pick([0, 0, 0.003, 0.03, 0.2]),
    outside: { ...usualOutside, ...taste.outside },
    inside: { ...usualInside, ...taste.inside },
  };
  const pieces = random.chance(taste.layouts ?? 0) ? random.pick(pieceSets) : null;
  if (pieces !== null && random.chance(0.8)) {
    options.snap = random.pick(["word", "line", "sentence"]);
    options.recallGenerated = false;
  }
  const setup: Setup = { options, maskValue: random.pick([-Infinity, -1e4]), pieces, context: null };
  if (random.chance(0.3)) setup.context = randomContext(setup, manner, random);
  if (random.chance(0.08)) {
    const shared = (setup.context ?? []).reduce((sum, { tokens }) => sum + tokens.length, 0);
    options.maxContextTokens = shared + random.between(1, manner.maxLength);
  }
  return { kind, setup, manner, opening: openingAppends(taste, setup, manner, random), length: taste.length };
}

function randomOptions(letters: number, random: Random): SessionOptions & { maxContextTokens?: number } {
  const barriers = random.below(4);
  const delimiters = random.chance(0.9) ? 2 : 0;
  const vocabSize = letters + barriers + delimiters + random.pick([0, 0, 1, 31, 64]);
  // Delimiters and barriers stand anywhere in the vocabulary, not only at its end.
  const ids = new Set<number>();
  while (ids.size < barriers + delimiters)
    ids.add(random.chance(0.5) ? random.below(vocabSize) : vocabSize - 1 - ids.size);
  const [first, second, ...others] = [...ids];
  const maxSpanTokens = random.pick([1, 2, 5, 16, 128, 128]);
  return {
    vocabSize,
    ...(delimiters > 0 && { startTokenId: first!, endTokenId: second! }),
    barrierTokenIds: delimiters > 0 ? others : [...ids],
    maxSpanTokens,
    minSpanTokens: Math.min(maxSpanTokens, random.pick([0, 0, 0, 1, 3, 8])),
    recallGenerated: random.chance(0.85),
  };
}

/** Ids for the letters: what neither a delimiter nor a barrier is, in no order. */
function shuffledAlphabet(letters: number, options: SessionOptions, random: Random): Int32Array {
  const taken = new Set([options.startTokenId, options.endTokenId, ...options.barrierTokenIds]);
  const free = Int32Array.from({ length: options.vocabSize }, (_, id) => id).filter((id) => !taken.has(id));
  for (let left = free.length; left > 1; left--) {
    const other = random.below(left);
    [free[left - 1], free[other]] = [free[other]!, free[left - 1]!];
  }
  return free.subarray(0, letters);
}

function randomContext(setup: Setup, manner: Manner, random: Random): NonNullable<Setup["context"]> {
  const oracle = new SessionOracle({ ...setup.options, maxContextTokens: undefined });
  const appends: NonNullable<Setup["context"]> = [];
  for (let count = random.below(6); count > 0; count--) {
    const intent = random.weighted({ append: 4, segment: 4, unrecallable: 1 });
    const proposed = append(intent, oracle, setup, manner, random);
    if (proposed.segment !== undefined && oracle.segments.includes(proposed.segment)) continue;
    performOnOracle(proposed, oracle, setup);
    appends.push(proposed);
  }
  return appends;
}

function openingAppends(taste: Taste, setup: Setup, manner: Manner, random: Random): Append[] {
  const sizes = taste.opening?.(random) ?? [];
  return sizes.map((size, index) => ({
    verb: "append",
    tokens: Array.from({ length: size }, manner.text),
    ...(random.chance(taste.openingDocuments ?? 0.25) && { segment: `opening ${index}`, ...layout(setup, random) }),
  }));
}

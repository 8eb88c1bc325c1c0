import type { Random } from "../support/random.js";
import type { Growth } from "./engine/explorer.js";
import type { Taste } from "./token-mode/plans.js";
import type { TextGrowth } from "./engine/text-explorer.js";

/** Tiny contexts over few letters: everything happens often, and shrinks to something a person can read. */
export const smallAlphabets: Taste = {
  alphabets: [2, 2, 3, 5, 24, 100],
  maxLengths: [10, 60, 60, 250, 600],
  maxAppend: 40,
  length: 300,
  layouts: 0.3,
};

/** Vocabularies of real tokenizers, contexts of a few thousand tokens. */
export const mediumContexts: Taste = {
  alphabets: [2, 30, 1000, 32_000, 150_000],
  maxLengths: [600, 1500, 5000, 9000],
  maxAppend: 3000,
  length: 400,
  layouts: 0.2,
};

/** Truncations, forks and shared contexts, over and over. */
export const undoing: Taste = {
  alphabets: [2, 3, 8, 60],
  maxLengths: [40, 300, 1200, 3000],
  maxAppend: 300,
  length: 500,
  layouts: 0.2,
  outside: { append: 24, segment: 14, truncate: 8, rollback: 14, fork: 6, open: 4, leave: 4, reset: 0.2 },
  inside: { truncate: 2, rollback: 12, fork: 4, open: 2, leave: 2, reset: 0.1 },
};

/** A thousand short documents, searched whole and by name. */
export const manyDocuments: Taste = {
  alphabets: [2, 8, 60, 1000],
  maxLengths: [12_000],
  maxAppend: 60,
  length: 800,
  opening: (random) => Array.from({ length: random.between(990, 1010) }, () => random.below(9)),
  openingDocuments: 0.98,
  layouts: 0.5,
};

/** Contexts of up to 100,000 tokens; most begin with 50,000 and more. */
export const largeContexts: Taste = {
  alphabets: [2, 24, 1000, 30_000, 150_000],
  maxLengths: [100_000],
  maxAppend: 20_000,
  length: 300,
  outside: { append: 4, segment: 3, unrecallable: 1, reset: 0.02, truncate: 1, apply: 0.1, fork: 0.8, open: 0.5 },
  inside: { apply: 0.1, reset: 0.01, truncate: 0.3 },
  opening: largePieces,
};

/** Pieces of all sizes that sum to 50,000 tokens and more; or none. */
function largePieces(random: Random): number[] {
  const pieces: number[] = [];
  const target = random.chance(0.8) ? random.between(52_000, 66_000) : 0;
  for (let length = 0; length < target; length += pieces.at(-1)!) pieces.push(random.magnitude(20_000));
  return pieces;
}

/** The engines alone, over contexts that a person can read. */
export const smallEngines: Growth = {
  alphabets: [2, 2, 3, 10, 100],
  maxLengths: [20, 200, 1500, 5000],
  maxAppend: 700,
  length: 300,
  patience: 8,
  snap: 0.4,
};

/** The engines alone, over texts that keep many candidates alive for long, in contexts of whole blocks. */
export const repetitiveEngines: Growth = {
  alphabets: [2, 3, 12, 40],
  maxLengths: [8000],
  maxAppend: 2000,
  length: 150,
  patience: 30,
  opening: (random) => [random.between(1000, 6000), random.between(1, 600)],
  kinds: ["records", "log", "period24", "staircase", "fibonacci", "phrase", "equal", "period2"],
  snap: 0.2,
};

/** The engines alone, grown to up to 100,000 tokens in pieces of all sizes. */
export const largeEngines: Growth = {
  alphabets: [2, 24, 1000, 30_000, 150_000],
  maxLengths: [70_000, 100_000],
  maxAppend: 20_000,
  length: 300,
  patience: 12,
  opening: largePieces,
  sparse: 0.1,
  snap: 0.2,
};

/** The text engines alone, over contexts that a person can read. */
export const smallTextEngines: TextGrowth = {
  maxLengths: [12, 40, 40, 120, 300],
  maxAppend: 60,
  length: 120,
  patience: 10,
  periodic: 0.3,
  opening: 30,
};

/** The text engines alone, over texts that repeat themselves: many candidates stay alive for long, and end one after the other. */
export const periodicTextEngines: TextGrowth = {
  maxLengths: [300, 900],
  maxAppend: 300,
  length: 100,
  patience: 40,
  periodic: 0.8,
  opening: 250,
};

/** The text engines alone, over texts so long that engines index them, with appends that stay as they are beside that. */
export const largeTextEngines: TextGrowth = {
  maxLengths: [7000],
  maxAppend: 900,
  length: 40,
  patience: 4,
  periodic: 0.1,
  opening: 4500,
};

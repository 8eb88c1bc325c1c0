import type { TextSessionOracle } from "../../oracle/text/session.js";
import type { Random } from "../../support/random.js";
import type { Append } from "../operations.js";
import { bytesOf, type TextOperation, type TextSetup } from "./duel.js";

/** What a suite asks of its plans. */
export interface TextTaste {
  /** Lengths that contexts may reach, to choose from. */
  maxLengths: readonly number[];
  /** Pieces of an append, and characters in a piece, at most. */
  pieces: number;
  pieceLength: number;
  /** Operations in one scenario. */
  length: number;
  /** How often sessions share a context. */
  shared: number;
  /** How many documents a scenario begins with; none unless given. */
  documents?: (random: Random) => number;
}

/** Tiny contexts over few letters: everything happens often, and shrinks to something a person can read. */
export const smallTexts: TextTaste = {
  maxLengths: [12, 40, 40, 90],
  pieces: 4,
  pieceLength: 10,
  length: 60,
  shared: 0.3,
};

/** Contexts of several thousand bytes: engines index these, and search what follows the index as it stands. */
export const largeTexts: TextTaste = {
  maxLengths: [6000, 12_000],
  pieces: 12,
  pieceLength: 3000,
  length: 80,
  shared: 0.3,
};

/** A thousand short documents, searched whole and by name. */
export const manyTexts: TextTaste = {
  maxLengths: [9000],
  pieces: 3,
  pieceLength: 6,
  length: 300,
  shared: 0.3,
  documents: (random) => random.between(990, 1010),
};

/** A random scenario of text mode: its options, and what its texts are made of. */
export interface TextPlan {
  setup: TextSetup;
  /** Appends that a scenario begins with. */
  opening: Append[];
  characters: string[];
  maxLength: number;
  taste: TextTaste;
}

const plainCharacters = [..."ab<>/r .\n", "é", "日"];
const jsonCharacters = [...'ab"\\u:\n\u0001\u0010', "é"];
/** Words and sentences, scripts without spaces, and characters that join others. */
const snapCharacters = [..."aab  .\nA", "\r\n", "é", "日", "本", "。", "カ", "한", "글", "\u0301", "👍", "🏽", "Mr. "];
const startTags = ["<r>", "<r>", "<<", "aab", "abab", ">", "é<", "日a", "<<r", "a b"];
const endTags = ["</r>", "</r>", "</r>", "</</r>", "aab", "abaa", "a", "éé", ">", "aa", "/日", "r>"];

export function textPlan(taste: TextTaste, random: Random): TextPlan {
  const json = random.chance(0.2);
  const snap = random.chance(0.25) ? random.pick(["word", "line", "sentence"] as const) : null;
  const drawn = [...(json ? jsonCharacters : snap === null ? plainCharacters : []), ...(snap ? snapCharacters : [])];
  const startTag = random.chance(json ? 0.7 : 0.1) ? null : random.pick(startTags);
  const endTag = random.chance(0.05) ? null : json && random.chance(0.8) ? '"' : random.pick(endTags);
  const characters = Array.from({ length: random.between(2, 5) }, () => random.pick(drawn));
  if (random.chance(0.6)) characters.push(...(startTag ?? ""), ...(endTag ?? ""));
  const maxLength = random.pick(taste.maxLengths);
  const maxSpanBytes = random.pick([4096, 4096, random.between(1, 12)]);
  const setup: TextSetup = {
    tokens: randomTokens(json ? characters.map(escaped) : characters, startTag ?? "", endTag ?? "", random),
    startTag,
    endTag,
    maxSpanBytes,
    minSpanBytes: random.pick([0, 0, random.between(0, Math.min(6, maxSpanBytes))]),
    recallGenerated: !json && snap === null && random.chance(0.8),
    json,
    snap,
    context: null,
  };
  const plan: TextPlan = { setup, opening: [], characters, maxLength, taste };
  if (random.chance(taste.shared)) {
    const names = ["x", "y", undefined, undefined];
    setup.context = names.slice(random.below(4)).map((segment) => append(plan, random, segment));
  }
  if (random.chance(0.08)) {
    const shared = (setup.context ?? []).reduce((sum, { tokens }) => sum + tokens.length, 0);
    setup.maxContextBytes = (json ? 6 : 1) * shared + random.between(1, maxLength);
  }
  for (let left = taste.documents?.(random) ?? 0; left > 0; left--) {
    plan.opening.push(append(plan, random, random.chance(0.98) ? `document ${left}` : undefined));
  }
  return plan;
}

/** Tokens that overlap: pieces of the tags and of texts, cut anywhere; some twice, some without bytes. */
function randomTokens(characters: string[], startTag: string, endTag: string, random: Random): number[][] {
  const word = (most: number): string =>
    Array.from({ length: random.between(1, most) }, () => random.pick(characters)).join("");
  const tokens: number[][] = [[]];
  if (random.chance(0.8))
    for (const byte of new Set(bytesOf(characters.join("") + startTag + endTag))) tokens.push([byte]);
  for (let left = random.between(4, 30); left > 0; left--) {
    const whole = bytesOf(word(3) + random.pick([startTag, endTag, endTag, "", ""]) + word(3));
    const start = random.below(whole.length);
    tokens.push(random.chance(0.1) ? random.pick(tokens) : whole.slice(start, start + random.magnitude(6)));
  }
  return tokens.sort(() => random.unit() - 0.5);
}

function append(
  { setup, characters, taste }: TextPlan,
  random: Random,
  segment?: string,
  old?: readonly number[],
): Append {
  const tokens: number[] = [];
  for (let left = random.below(taste.pieces + 1); left > 0; left--) {
    const tag = random.pick([setup.startTag ?? "", setup.endTag ?? ""]);
    if (old && old.length > 0 && random.chance(0.4)) {
      // Repeats, so that quotes stand in more than one place.
      const text = new TextDecoder().decode(Uint8Array.from(old)).replaceAll("\ufffd", "");
      tokens.push(
        ...bytesOf(
          [...text]
            .slice(random.below(text.length + 1))
            .slice(0, random.magnitude(12))
            .join(""),
        ),
      );
    } else if (random.chance(0.2)) tokens.push(...bytesOf(tag.slice(0, random.between(1, 4))));
    else
      for (let more = random.magnitude(taste.pieceLength); more > 0; more--)
        tokens.push(...bytesOf(random.pick(characters)));
  }
  // Bytes that are no text: a character cut in two.
  if (setup.snap === null && !setup.json && random.chance(0.1)) tokens.splice(0, random.below(3));
  return { verb: "append", tokens, ...(segment !== undefined && { segment }) };
}

/** The next operation. */
export function proposeText(
  oracle: TextSessionOracle,
  plan: TextPlan,
  random: Random,
  sessions: number,
): TextOperation {
  const { tokens } = plan.setup;
  const anyTokens = (most: number): number[] =>
    Array.from({ length: random.below(most + 1) }, () => random.below(tokens.length));
  if (oracle.cutOff && !oracle.inSpan && random.chance(0.4)) return append(plan, random, undefined, oracle.bytes);
  switch (random.weighted<ProposalName>(oracle.inSpan ? inside : outside)) {
    case "append": {
      if (oracle.length > plan.maxLength) return { verb: "truncate", length: random.pick(oracle.lengths) };
      return append(plan, random, undefined, oracle.bytes);
    }
    case "segment":
      return append(plan, random, random.pick(["x", "y", "z", "w"]), oracle.bytes);
    case "unrecallable":
      return { ...append(plan, random, random.chance(0.3) ? "v" : undefined), recallable: false };
    case "accept": {
      const allowed = oracle.allowed() ?? [...tokens.keys()];
      return allowed.length > 0 ? { verb: "accept", token: random.pick(allowed) } : { verb: "rollback", count: 1 };
    }
    case "stray":
      return { verb: "accept", token: random.below(tokens.length + (random.chance(0.1) ? 2 : 0)) };
    case "startTag":
      return { verb: "acceptAll", tokens: spell(bytesOf(plan.setup.startTag ?? ""), tokens, random) };
    case "part":
      return { verb: "acceptAll", tokens: spell(bytesOf(plan.setup.startTag ?? ""), tokens, random).slice(0, -1) };
    case "rest": {
      const tag = bytesOf(plan.setup.startTag ?? "");
      const rests = [...tag.keys()].filter((n) => endsWith(oracle.pending, tag.slice(0, n))).map((n) => tag.slice(n));
      return { verb: "acceptAll", tokens: rests.length > 0 ? spell(random.pick(rests), tokens, random) : [] };
    }
    case "barrier":
      return { verb: "accept", token: tokens.findIndex((token) => token.length === 0) };
    case "endTag":
      return { verb: "acceptAll", tokens: spell(bytesOf(plan.setup.endTag ?? ""), tokens, random) };
    case "acceptAll":
      return { verb: "acceptAll", tokens: anyTokens(3) };
    case "copy": {
      const copied = oracle.draft(4, random.chance(0.5));
      return { verb: random.chance(0.7) ? "acceptAll" : "validate", tokens: [...copied, ...anyTokens(1)] };
    }
    case "validate":
      return { verb: "validate", tokens: anyTokens(3) };
    case "truncate":
      return {
        verb: "truncate",
        length: random.chance(0.7) ? random.pick(oracle.lengths) : random.below(oracle.length + 2),
      };
    case "cut":
      return { verb: "truncate", length: Math.max(0, oracle.length - random.magnitude(8)) };
    case "rollback":
      return { verb: "rollback", count: random.below(Math.min(6, oracle.accepted + 2)) };
    case "beginSpan": {
      const known = [...oracle.segments, ...(random.chance(0.05) ? ["nowhere"] : [])];
      const share = random.pick([0.6, 0.6, 3 / known.length]);
      const segments = known.filter(() => random.chance(share));
      const end = random.pick([undefined, undefined, random.pick(endTags)]);
      return { verb: "beginSpan", ...(random.chance(0.4) && { segments }), ...(end !== undefined && { end }) };
    }
    case "draft":
      return { verb: "draft", max: random.below(8), latest: random.chance(0.5) };
    case "sources":
      return { verb: "sources", span: random.below(6), limit: random.below(5) };
    case "endSpan":
      return { verb: "endSpan" };
    case "reset":
      return { verb: "reset" };
    case "fork":
      return sessions < 3 ? { verb: random.chance(0.6) ? "fork" : "open" } : { verb: "close" };
  }
}

type Weights = Partial<Record<ProposalName, number>>;
type ProposalName =
  | Exclude<TextOperation["verb"], "open" | "close">
  | "segment"
  | "unrecallable"
  | "stray"
  | "startTag"
  | "part"
  | "rest"
  | "cut"
  | "barrier"
  | "endTag"
  | "copy";

const outside: Weights = {
  append: 12,
  segment: 6,
  unrecallable: 2,
  accept: 18,
  stray: 6,
  startTag: 16,
  part: 8,
  rest: 10,
  barrier: 3,
  acceptAll: 3,
  validate: 2,
  truncate: 4,
  cut: 5,
  rollback: 6,
  beginSpan: 10,
  endSpan: 0.5,
  draft: 0.5,
  sources: 2,
  fork: 2,
  reset: 0.3,
};

const inside: Weights = {
  accept: 60,
  stray: 6,
  endTag: 12,
  acceptAll: 3,
  copy: 6,
  validate: 2,
  truncate: 3,
  rollback: 8,
  endSpan: 4,
  draft: 6,
  sources: 3,
  fork: 2,
  append: 0.5,
  beginSpan: 0.5,
  reset: 0.2,
};

/** Tokens that spell these bytes, any of the ways there are; the last may go on, or spelling may get stuck. */
function spell(bytes: readonly number[], tokens: readonly (readonly number[])[], random: Random): number[] {
  const spelled: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const fitting = [...tokens.keys()].filter((id) => {
      const token = tokens[id]!;
      return token.length > 0 && token.every((byte, k) => at + k >= bytes.length || bytes[at + k] === byte);
    });
    if (fitting.length === 0) break;
    const token = random.pick(fitting);
    spelled.push(token);
    at += tokens[token]!.length;
  }
  return spelled;
}

/** A character as it stands in a JSON string. */
function escaped(character: string): string {
  return JSON.stringify(character).slice(1, -1);
}

function endsWith(whole: readonly number[], end: readonly number[]): boolean {
  return end.length <= whole.length && end.every((byte, k) => whole[whole.length - end.length + k] === byte);
}

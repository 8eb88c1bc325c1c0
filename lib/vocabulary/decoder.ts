import { expectString } from "../base/arguments.js";
import { byteLevelBytes, fallbackByte, utf8, wordPieceText } from "./spelling.js";

/** The bytes of a token as it stands inside a text. An added token is one the tokenizer looks for before its model. */
export type TokenDecoder = (text: string, isAdded: boolean) => Uint8Array;

/**
 * What a decoder makes of one token: text for the steps after it, or bytes, which these leave alone. What would be longer
 * than `most` need not be made: `null`.
 */
type Step = (text: string, most: number) => string | Uint8Array | null;

interface NamedStep {
  readonly name: string;
  readonly step: Step;
}

/** Steps that a decoder may have: tokenizers have up to five, and each goes through every token. */
const MOST_STEPS = 64;
/** Sequences in sequences. */
const MOST_DEPTH = 8;
/** How much longer than its token a text may become: decoders take marks away, or write a space. */
const MOST_GROWTH = 16;

const READABLE = ["ByteLevel", "ByteFallback", "Metaspace", "WordPiece", "BPEDecoder", "Replace", "Strip", "Fuse"];

/**
 * Reads the `decoder` of a Hugging Face `tokenizer.json`. What it does at the edges of a whole text (Llama's decoder
 * strips its first space) is not the token's.
 *
 * @throws TypeError for what cannot be read, naming the field; the decoder, where a text becomes far longer than its token
 */
export function readTokenDecoder(decoder: unknown): TokenDecoder {
  const steps: NamedStep[] = [];
  /** Once the tokens are joined, what follows is about the text. */
  let joinedBy: string | null = null;
  for (const { name, type, fields } of flatten("decoder", decoder)) {
    if (joinedBy === null) steps.push(...readStep(name, type, fields).map((step) => ({ name, step })));
    else if (type !== "Fuse" && type !== "Strip") {
      throw new TypeError(`Expected "${name}.type" to be "Fuse" or "Strip" after "${joinedBy}"`);
    }
    if (type === "ByteLevel" || type === "Fuse") joinedBy ??= type;
  }
  const isByteLevel = joinedBy === "ByteLevel";
  return (text, isAdded) => {
    let piece: string | Uint8Array = text;
    const most = MOST_GROWTH * (text.length + 1);
    for (const { name, step } of steps)
      if (typeof piece === "string") piece = expectShort(name, step(piece, most), most);
    if (typeof piece !== "string") return piece;
    return (isByteLevel && !isAdded ? byteLevelBytes(piece) : null) ?? utf8(piece);
  };
}

function expectShort(name: string, piece: ReturnType<Step>, most: number): string | Uint8Array {
  if (piece !== null && piece.length <= most) return piece;
  throw new TypeError(`Expected "${name}" to leave texts at most ${MOST_GROWTH} times as long as their tokens`);
}

interface DecoderEntry {
  readonly name: string;
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The decoders of a sequence, in order; those of sequences in it too. */
function flatten(name: string, decoder: unknown, depth = 0): DecoderEntry[] {
  if (typeof decoder !== "object" || decoder === null) throw new TypeError(`Expected "${name}" to be an object`);
  const fields = decoder as Record<string, unknown>;
  if (fields.type === "Sequence") {
    if (!Array.isArray(fields.decoders)) throw new TypeError(`Expected "${name}.decoders" to be an array`);
    if (depth === MOST_DEPTH) throw new TypeError(`Expected "${name}" to be at most ${MOST_DEPTH} sequences deep`);
    const entries: DecoderEntry[] = [];
    for (const [i, each] of fields.decoders.entries()) {
      entries.push(...flatten(`${name}.decoders[${i}]`, each, depth + 1));
      if (entries.length > MOST_STEPS) throw new TypeError(`Expected "${name}" to have at most ${MOST_STEPS} steps`);
    }
    return entries;
  }
  if (typeof fields.type === "string" && READABLE.includes(fields.type)) return [{ name, type: fields.type, fields }];
  const names = [...READABLE, "Sequence"].map((each) => JSON.stringify(each));
  throw new TypeError(`Expected "${name}.type" to be one of ${names.join(", ")}`);
}

function readStep(name: string, type: string, fields: DecoderEntry["fields"]): Step[] {
  const text = (field: string, otherwise?: string) => expectString(`${name}.${field}`, fields[field] ?? otherwise);
  switch (type) {
    case "ByteFallback":
      return [(token) => fallbackByte(token) ?? token];
    case "Metaspace":
      return [replace(text("replacement", "\u2581"), " ")];
    case "WordPiece": {
      const options = { prefix: text("prefix", "##"), cleanUp: fields.cleanup !== false };
      return [(token) => wordPieceText(token, options)];
    }
    case "BPEDecoder":
      return [replace(text("suffix", "</w>"), " ")];
    case "Replace": {
      const pattern = fields.pattern as { String?: unknown } | null | undefined;
      return [replace(expectString(`${name}.pattern.String`, pattern?.String), text("content"))];
    }
    case "Strip":
      return [strip(text("content"), count(name, "start", fields), count(name, "stop", fields))];
    default:
      return [];
  }
}

function replace(pattern: string, content: string): Step {
  return (token, most) => {
    if (pattern === "") return token;
    const pieces = token.split(pattern);
    const length = token.length + (pieces.length - 1) * (content.length - pattern.length);
    return length > most ? null : pieces.join(content);
  };
}

function strip(content: string, start: number, stop: number): Step {
  return (token) => {
    const characters = Array.from(token);
    let [from, to] = [0, characters.length];
    while (from < Math.min(start, to) && characters[from] === content) from++;
    while (to > Math.max(from, characters.length - stop) && characters[to - 1] === content) to--;
    return characters.slice(from, to).join("");
  };
}

function count(name: string, field: string, fields: DecoderEntry["fields"]): number {
  const value = fields[field] ?? 0;
  if (Number.isInteger(value) && (value as number) >= 0) return value as number;
  throw new TypeError(`Expected "${name}.${field}" to be a count`);
}

import { RecallError } from "../../lib/base/errors.js";
import { ConstrainedSampler, type RecallSession } from "../../lib/entry/index.js";
import { uniformAt } from "../../lib/base/random.js";
import { drawnId } from "../oracle/draw.js";
import { type Layout, Refusal, type SessionOracle } from "../oracle/session.js";
import type { Setup } from "./token-mode/duel.js";

/**
 * A verb that sessions have whatever they search, tokens or text; of text, the `tokens` of an append are bytes. Of
 * tokens, an append may tell where they stand in their text, and the text.
 */
export type CommonOperation =
  | { verb: "append"; tokens: number[]; segment?: string; recallable?: boolean; layout?: "text" | "offsets" }
  | { verb: "accept"; token: number }
  | { verb: "acceptAll"; tokens: number[] }
  | { verb: "validate"; tokens: number[] }
  | { verb: "truncate"; length: number }
  | { verb: "rollback"; count: number }
  | { verb: "reset" }
  | { verb: "endSpan" }
  | { verb: "draft"; max: number; latest: boolean }
  | { verb: "sources"; span: number; limit: number }
  /** A copy of the session joins the sessions of the scenario. */
  | { verb: "fork" }
  /** A new session on the shared context joins them. */
  | { verb: "open" }
  /** The session leaves them, unless it is the last. */
  | { verb: "close" };

/** One verb with its arguments, as plain data, so that a failure can be printed and replayed. */
export type Operation =
  | CommonOperation
  | { verb: "beginSpan"; segments?: string[]; end?: number[] }
  | { verb: "apply"; width: number; offset: number }
  | { verb: "sample"; seed: number; temperature: number };

export type Append = Extract<Operation, { verb: "append" }>;

/** What a verb returned, or the code it was refused with. */
export type Outcome = { returned: unknown } | { refused: string };

export function outcome(verb: () => unknown): Outcome {
  try {
    return { returned: verb() ?? null };
  } catch (error) {
    if (error instanceof Refusal || error instanceof RecallError) return { refused: error.code };
    if (error instanceof RangeError) return { refused: "RangeError" };
    throw error;
  }
}

/** The verbs that oracles and sessions, of tokens and of text, have with the same arguments and results. */
interface AlikeVerbs {
  accept(token: number): unknown;
  acceptAll(tokens: number[]): unknown;
  validate(tokens: number[]): unknown;
  truncate(length: number): unknown;
  rollback(count: number): unknown;
  reset(): unknown;
  endSpan(): unknown;
}

type AlikeOperation = Extract<CommonOperation, { verb: keyof AlikeVerbs | "fork" | "open" | "close" }>;

/** Performs one of those verbs; a session that joins or leaves does nothing to this one. */
export function performAlike(operation: AlikeOperation, side: AlikeVerbs): unknown {
  switch (operation.verb) {
    case "accept":
      return side.accept(operation.token);
    case "acceptAll":
      return side.acceptAll(operation.tokens);
    case "validate":
      return side.validate(operation.tokens);
    case "truncate":
      return side.truncate(operation.length);
    case "rollback":
      return side.rollback(operation.count);
    case "reset":
      return side.reset();
    case "endSpan":
      return side.endSpan();
    default:
      return null;
  }
}

export function appendOptions({ segment, recallable }: Append): { segment?: string; recallable?: boolean } {
  return { ...(segment !== undefined && { segment }), ...(recallable !== undefined && { recallable }) };
}

/** The texts of tokens are these, again and again in the order of their ids. */
export type Pieces = readonly string[];

/** Where the tokens of a named append stand in their text; undefined where it does not tell. */
export function layoutOf({ tokens, segment, layout }: Append, pieces: Pieces | null): Layout | undefined {
  if (pieces === null || layout === undefined || segment === undefined) return undefined;
  const texts = tokens.map((token) => pieces[token % pieces.length]!);
  let end = 0;
  const offsets = [0, ...texts.map((text) => (end += Buffer.byteLength(text)))];
  return layout === "text" ? { offsets, text: texts.join("") } : { offsets };
}

export function draftOf(
  session: Pick<RecallSession, "draft">,
  { max, latest }: Extract<CommonOperation, { verb: "draft" }>,
): number[] {
  return Array.from(session.draft(max, latest ? { choose: "latest" } : {}));
}

/** The bits of a row's logits before `apply`: recognisable numbers, and the ones that arithmetic would disturb. */
function logitBits(column: number): number {
  if (column % 7 === 3) return 0x7fc0_0000 | (column & 0x3fffff);
  if (column % 7 === 5) return 0x8000_0000 | 0;
  return 0x3f00_0000 + column;
}

function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}

/** A row for a vocabulary: few different logits, and some that are never drawn. */
function logitsOf(vocabSize: number, seed: number): Float32Array {
  return Float32Array.from({ length: vocabSize }, (_, id) => {
    const choice = Math.imul(id + seed, 0x2c1b3c6d) >>> 28;
    return choice < 2 ? [NaN, -Infinity][choice]! : choice / 4;
  });
}

export function performOnOracle(operation: Operation, oracle: SessionOracle, { maskValue, pieces }: Setup): Outcome {
  return outcome(() => {
    switch (operation.verb) {
      case "append": {
        const { segment, recallable } = operation;
        return oracle.append(operation.tokens, { segment, recallable, layout: layoutOf(operation, pieces) });
      }
      case "beginSpan":
        return oracle.beginSpan(operation);
      case "draft":
        return oracle.draft(operation.max, operation.latest);
      case "sources":
        return oracle.spanCount === 0 ? null : oracle.sources(operation.span % oracle.spanCount, operation.limit);
      case "apply": {
        const allowed = oracle.allowed();
        const kept = new Set(allowed);
        const bits = (column: number): number =>
          allowed === null || kept.has(column) ? logitBits(column) : bitsOf(maskValue);
        return { masked: allowed !== null, bits: Array.from({ length: operation.width }, (_, column) => bits(column)) };
      }
      case "sample": {
        const { seed, temperature } = operation;
        const { vocabSize } = oracle.options;
        const ids = oracle.allowed() ?? Array.from({ length: vocabSize }, (_, id) => id);
        const drawn = drawnId(logitsOf(vocabSize, seed), ids, temperature, uniformAt(seed, 0));
        if (drawn === null) throw new Refusal("NO_VALID_TOKEN");
        return drawn;
      }
      default:
        return performAlike(operation, oracle);
    }
  });
}

export function performOnSession(operation: Operation, session: RecallSession, pieces: Pieces | null): Outcome {
  return outcome(() => {
    switch (operation.verb) {
      case "append": {
        const { tokens } = operation;
        const options = { ...appendOptions(operation), ...layoutOf(operation, pieces) };
        session.append(tokens.length % 2 === 0 ? Int32Array.from(tokens) : tokens, options);
        return undefined;
      }
      case "beginSpan": {
        const { segments, end } = operation;
        return session.beginSpan({ ...(segments && { segments }), ...(end && { end }) });
      }
      case "draft":
        return draftOf(session, operation);
      case "sources": {
        const { quotes } = session;
        if (quotes.length === 0) return null;
        return quotes[operation.span % quotes.length]!.sources({ limit: operation.limit });
      }
      case "apply": {
        const buffer = new ArrayBuffer(4 * (operation.width + operation.offset));
        const bits = new Int32Array(buffer, 4 * operation.offset);
        for (let column = 0; column < operation.width; column++) bits[column] = logitBits(column);
        const masked = session.apply(new Float32Array(buffer, 4 * operation.offset));
        return { masked, bits: Array.from(bits) };
      }
      case "sample": {
        const { seed, temperature } = operation;
        return new ConstrainedSampler({ seed, temperature }).sample(logitsOf(session.vocabSize, seed), session);
      }
      default:
        return performAlike(operation, session);
    }
  });
}

import type { DocumentRecord } from "../documents/document-record.js";
import type { Snap } from "../session/snap-edges.js";
import type { RecallTextContext } from "../text-mode/context.js";
import type { RecallContext } from "../token-mode/context.js";
import type { HostVocabulary } from "../hosts/shared/host-vocabulary.js";

/** A turn of a conversation. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** What ends work early: it then rejects with the signal's reason. */
export interface Signal {
  readonly signal?: AbortSignal;
}

/** How a token is drawn from a distribution. Each of topK, topP and minP acts on what the one before it kept. */
export interface SamplingOptions {
  /** Divides the logits; 0 takes the likeliest token, the lowest id among equals. @defaultValue 0 */
  readonly temperature?: number;
  /** Keeps so many of the likeliest tokens; 0 keeps all. @defaultValue 0 */
  readonly topK?: number;
  /** Keeps the likeliest tokens until their probabilities sum to this. @defaultValue 1 */
  readonly topP?: number;
  /** Keeps tokens at least this many times as probable as the likeliest. @defaultValue 0 */
  readonly minP?: number;
  /** An integer in [0, 2^53): equal seeds draw equally at equal positions of a sequence. Random unless given. */
  readonly seed?: number;
}

/** UTF-16 units [start, end) of a document. */
export interface Range {
  readonly document: string;
  readonly start: number;
  readonly end: number;
}

/** How long a quote may be: in tokens in token mode, in bytes otherwise. */
export interface SpanLimits {
  readonly min?: number;
  readonly max?: number;
}

/** What can be quoted, indexed once and shared. */
export type FrozenContext = RecallContext | RecallTextContext;

/**
 * What quotes are held to, as data, so that it can be sent to another process. Hosts in this process build a session from
 * it, and follow the sequence with it as long as the same object is given; what was read or generated before is no part of
 * what can be quoted.
 */
export interface Constraint {
  /** What quotes stand between: tokens, tags in the text, or the quotation marks of JSON. */
  readonly mode: "token" | "text" | "json";
  readonly documents: readonly DocumentRecord[] | FrozenContext;
  /** @defaultValue `<recall>` and `</recall>`; in token mode the tokens that the model has for it */
  readonly tags?: { readonly start: string; readonly end: string };
  /** Quotes start and end at the edges of these. */
  readonly snap?: Snap;
  readonly limits?: SpanLimits;
  /** Opens a quote at once, out of these documents, or of these ranges, only. */
  readonly begin?: { readonly documents?: readonly string[]; readonly ranges?: readonly Range[] };
}

/** What comes next: a token of the caller's, or one that is drawn. */
export type Choice =
  { readonly token: number } | { readonly sampling: SamplingOptions; readonly constraint?: Constraint };

/** A token, and how likely it was. */
export interface Step {
  readonly token: number;
  /** Natural logarithm of its probability under the model, before any constraint. */
  readonly logProbability: number;
  /** The probability of all that the constraint left standing, before sampling; 1 outside quotes. */
  readonly allowedMass: number;
}

/** A text to be scored, behind another. */
export interface ScoredPair {
  /** At least one token. */
  readonly prefix: readonly number[];
  readonly continuation: readonly number[];
}

/** One generation: what a model has read and generated, in one place of its memory. */
export interface ModelSequence {
  /** Read and generated; a token that `next` returned is among them. */
  readonly tokens: readonly number[];
  /** Reads tokens behind those that are there. What is read closes an open quote. */
  read(tokens: readonly number[], options?: Signal): Promise<void>;
  /**
   * The next token.
   * @throws RangeError where nothing was read
   * @throws RecallError `TOKEN_NOT_ALLOWED` where a quote is open that the caller's token does not continue
   */
  next(choice: Choice, options?: Signal): Promise<Step>;
  /** One step after the other, to a token that ends the generation, or until the caller has enough. */
  generate(choice: Choice, options?: Signal): AsyncIterable<Step>;
  /**
   * The log-probability of each token, in one pass; the sequence is left as it was.
   * @throws RangeError where nothing was read
   */
  score(tokens: readonly number[], options?: Signal): Promise<Float64Array>;
  /** Back to the first `length` tokens. */
  truncate(length: number): Promise<void>;
  /** A copy; absent where the host cannot, and callers read again. */
  fork?(): Promise<ModelSequence>;
  /** Gives the place back. What it holds stays until another sequence needs the place. */
  close(): void;
}

/** How a sequence is opened. */
export interface OpenOptions extends Signal {
  /** What will be read: the place whose memory shares the longest beginning with it is handed out. */
  readonly like?: readonly number[];
  /** Tokens that the sequence shall have room for; @defaultValue `contextSize` */
  readonly room?: number;
}

/** The model as everything above the sampler sees it: written once over this, and not over a host. */
export interface LanguageModel {
  /** What the model calls itself, for reports. */
  readonly name: string;
  readonly vocabulary: HostVocabulary;
  /** Tokens that a sequence can have, at most. */
  readonly contextSize: number;
  /** Whether the model brings a template for conversations. */
  readonly hasChatTemplate: boolean;
  /**
   * Text as tokens.
   * @param options.special whether the text of a control token stands for that token; @defaultValue `false`
   * @param options.start whether a sequence starts with this text: then the token that a text begins with, where the
   *   tokenizer's metadata ask for one, comes first; @defaultValue `false`
   */
  tokenize(text: string, options?: { special?: boolean; start?: boolean }): Promise<number[]>;
  /**
   * A conversation in the model's own template, up to where the answer begins; without a template, the contents one after
   * the other. What the tokenizer's metadata ask for at the beginning is there.
   */
  chat(messages: readonly Message[]): Promise<number[]>;
  /**
   * A sequence without tokens; waits for a place.
   * @throws RecallError `LIMIT` where as many wait as may
   */
  open(options?: OpenOptions): Promise<ModelSequence>;
  /** The log-probability of each continuation behind its prefix, nothing kept; hosts read several at once. */
  scoreEach(pairs: readonly ScoredPair[], options?: Signal): Promise<Float64Array>;
  close(): Promise<void>;
}

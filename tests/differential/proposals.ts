import type { SessionOracle } from "../oracle/session.js";
import type { Random } from "../support/random.js";
import { take } from "../support/texts.js";
import type { Setup } from "./token-mode/duel.js";
import { nextBlockEdge } from "./histogram.js";
import type { Append, Operation } from "./operations.js";

/** What an operation sets out to do; the operation itself may turn out refused. */
export type Intent =
  | "follow"
  | "close"
  | "refuse"
  | "acceptAll"
  | "validate"
  | "draft"
  | "sources"
  | "apply"
  | "sample"
  | "endSpan"
  | "rollback"
  | "truncate"
  | "reset"
  | "fork"
  | "open"
  | "leave"
  | "start"
  | "beginSpan"
  | "append"
  | "segment"
  | "unrecallable"
  | "generate"
  | "delimiter";

export type Weights = Partial<Record<Intent, number>>;

/** How a scenario goes about: its text, its sizes and what it does how often. */
export interface Manner {
  text: () => number;
  /** Ids that the text is written in. */
  alphabet: ArrayLike<number>;
  /** No append takes the context past this length. */
  maxLength: number;
  /** The largest number of tokens in one append. */
  maxAppend: number;
  /** How often an appended token is a delimiter or a barrier instead. */
  barrierRate: number;
  outside: Weights;
  inside: Weights;
}

export const usualOutside: Weights = {
  start: 20,
  beginSpan: 14,
  append: 10,
  segment: 6,
  unrecallable: 3,
  generate: 18,
  delimiter: 4,
  acceptAll: 4,
  validate: 4,
  rollback: 3,
  truncate: 2,
  sources: 5,
  draft: 1,
  apply: 0.7,
  sample: 0.7,
  endSpan: 1,
  refuse: 1,
  fork: 1.5,
  open: 1,
  leave: 2,
  reset: 0.2,
};

export const usualInside: Weights = {
  follow: 62,
  close: 6,
  endSpan: 2,
  refuse: 6,
  acceptAll: 4,
  validate: 4,
  draft: 6,
  sources: 4,
  rollback: 3,
  truncate: 1.5,
  apply: 0.4,
  sample: 1.2,
  append: 0.7,
  beginSpan: 0.7,
  fork: 0.7,
  open: 0.3,
  leave: 1,
  reset: 0.05,
};

const mostSessions = 5;

/** The next operation for a session in the oracle's state. */
export function propose(
  oracle: SessionOracle,
  setup: Setup,
  manner: Manner,
  random: Random,
  sessions: number,
): Operation {
  const { options } = setup;
  const intent = random.weighted<Intent>(oracle.inSpan ? manner.inside : manner.outside);
  switch (intent) {
    case "follow":
      return { verb: "accept", token: follow(oracle, random) ?? anyId(setup, manner, random) };
    case "close":
      return { verb: "accept", token: random.pick([...closing(oracle), anyId(setup, manner, random)]) };
    case "refuse":
      return { verb: "accept", token: random.pick([-1, options.vocabSize, anyId(setup, manner, random)]) };
    case "generate":
      return { verb: "accept", token: manner.text() };
    case "delimiter":
      return { verb: "accept", token: random.pick([...special(setup), manner.text()]) };
    case "start":
      if (options.startTokenId === undefined) return beginSpan(oracle, setup, manner, random);
      return { verb: "accept", token: options.startTokenId };
    case "acceptAll":
    case "validate":
      return { verb: intent, tokens: plan(oracle, setup, manner, random) };
    case "draft":
      return { verb: "draft", max: random.below(40), latest: random.chance(0.5) };
    case "sources":
      // The latest spans more often than old ones.
      return {
        verb: "sources",
        span: Math.max(0, oracle.spanCount - random.magnitude(oracle.spanCount + 1)),
        limit: random.magnitude(40),
      };
    case "apply":
      return { verb: "apply", width: options.vocabSize + random.below(40), offset: random.below(4) };
    case "sample":
      return { verb: "sample", seed: random.below(1000), temperature: random.pick([0, 0.5, 1, 1]) };
    case "rollback":
      return { verb: "rollback", count: Math.min(oracle.length - oracle.initialLength, random.below(12)) };
    case "truncate": {
      const undoable = oracle.length - oracle.initialLength;
      return { verb: "truncate", length: oracle.length - Math.min(undoable, random.magnitude(undoable + 1) - 1) };
    }
    case "beginSpan":
      return beginSpan(oracle, setup, manner, random);
    case "fork":
    case "open":
      return sessions < mostSessions ? { verb: intent } : { verb: "close" };
    case "leave":
      return { verb: "close" };
    case "endSpan":
    case "reset":
      return { verb: intent };
    case "append":
    case "segment":
    case "unrecallable":
      return append(intent, oracle, setup, manner, random);
  }
}

export function append(
  intent: "append" | "segment" | "unrecallable",
  oracle: SessionOracle,
  setup: Setup,
  manner: Manner,
  random: Random,
): Append {
  const room = Math.max(0, manner.maxLength - oracle.length);
  const count = Math.min(room, appendSize(oracle.length, manner, random));
  const barriers = special(setup);
  const tokens = take(manner.text, count).map((token) =>
    barriers.length > 0 && random.chance(manner.barrierRate) ? random.pick(barriers) : token,
  );
  const known = oracle.segments;
  const name = known.length > 0 && random.chance(0.08) ? random.pick(known) : `${known.length}-${random.below(1000)}`;
  return {
    verb: "append",
    tokens,
    ...(intent === "segment" && { segment: name, ...layout(setup, random) }),
    ...((intent === "unrecallable" || random.chance(0.02)) && { recallable: false }),
  };
}

/** What a document tells of its text: all, where its tokens stand in it, or nothing. */
export function layout({ pieces }: Setup, random: Random): Pick<Append, "layout"> {
  if (pieces === null || random.chance(0.1)) return {};
  return { layout: random.chance(0.9) ? "text" : "offsets" };
}

/** No token, a random size, or as many tokens as lead to the next block edge, all but a few. */
function appendSize(length: number, { maxAppend }: Manner, random: Random): number {
  if (random.chance(0.04)) return 0;
  const toEdge = (nextBlockEdge(length) ?? 0) - length - random.below(3);
  return toEdge > 0 && toEdge <= maxAppend && random.chance(0.3) ? toEdge : random.magnitude(maxAppend);
}

function beginSpan(oracle: SessionOracle, setup: Setup, manner: Manner, random: Random): Operation {
  const known = oracle.segments;
  const named = known.length > 0 && random.chance(0.5);
  const segments = named ? Array.from({ length: random.between(1, 3) }, () => random.pick(known)) : ["nowhere"];
  const end = Array.from({ length: random.between(1, 3) }, () => anyId(setup, manner, random));
  return {
    verb: "beginSpan",
    ...((named || random.chance(0.02)) && { segments }),
    ...(random.chance(0.4) && { end }),
  };
}

/** A token by which some candidate continues: one that the random candidate's neighbourhood makes likely. */
function follow(oracle: SessionOracle, random: Random): number | undefined {
  const span = oracle.openSpan;
  const allowed = oracle.allowed();
  if (!span || allowed === null) return undefined;
  const { positions, depth, context } = oracle.candidates();
  const token = positions.length > 0 ? context.tokens[random.pick(positions) + depth] : undefined;
  if (token !== undefined && allowed.includes(token)) return token;
  const quotable = allowed.filter((id) => !span.closing.includes(id));
  return quotable.length > 0 ? random.pick(quotable) : allowed.length > 0 ? random.pick(allowed) : undefined;
}

function closing(oracle: SessionOracle): readonly number[] {
  return oracle.openSpan?.closing ?? [];
}

/** Several tokens that a model might emit next: a quote and what comes after it, with a slip here and there. */
function plan(oracle: SessionOracle, setup: Setup, manner: Manner, random: Random): number[] {
  const { startTokenId } = setup.options;
  const generated = (): number[] => take(manner.text, random.below(4));
  const slip = random.chance(0.3) ? [anyId(setup, manner, random)] : [];
  if (oracle.inSpan) {
    const close = closing(oracle).slice(0, random.chance(0.6) ? 1 : 0);
    return [...oracle.draft(random.below(6), true), ...slip, ...close, ...generated()];
  }
  const { tokens } = oracle.context;
  const from = random.below(tokens.length + 1);
  const quote = tokens.slice(from, from + random.below(5));
  const end = setup.options.endTokenId;
  const span = startTokenId === undefined ? [] : [startTokenId, ...quote, ...(end === undefined ? [] : [end])];
  return [...generated(), ...span, ...slip, ...generated()];
}

function special({ options }: Setup): number[] {
  const delimiters = [options.startTokenId, options.endTokenId].filter((id) => id !== undefined);
  return [...delimiters, ...options.barrierTokenIds];
}

function anyId(setup: Setup, { alphabet }: Manner, random: Random): number {
  if (random.chance(0.3)) return random.below(setup.options.vocabSize);
  if (random.chance(0.2)) return random.pick([...special(setup), 0]);
  return random.pick(alphabet);
}

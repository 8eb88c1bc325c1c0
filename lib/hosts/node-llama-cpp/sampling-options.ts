import type { SequenceEvaluateOptions, TokenBias } from "node-llama-cpp";
import { RecallError } from "../../base/errors.js";

/** What the sampling options of one generation are constrained by. */
export interface Constraint {
  readonly inSpan: () => boolean;
  /** The bias of the open span; `null` outside one. */
  readonly spanBias: () => TokenBias | null;
  readonly noBias: TokenBias;
  /** Whether the host may drop tokens to make room. */
  readonly mayShift: boolean;
}

/**
 * The options of a generation with the constraint in them. Inside a span the caller's own token bias and repeat
 * penalties rest: a penalty divides a raised logit and so forbids the token. Outside, they hold.
 * @throws TypeError, RangeError for options that defeat the constraint
 */
export function constrainOptions(options: SequenceEvaluateOptions, constraint: Constraint): SequenceEvaluateOptions {
  const { tokenBias, repeatPenalty } = options;
  expectNoGrammar(options);
  expectNoDryPenalty(options);
  const constrained: SequenceEvaluateOptions = {
    ...options,
    yieldEogToken: true,
    tokenBias: () => constraint.spanBias() ?? callOrValue(tokenBias) ?? constraint.noBias,
  };
  if (repeatPenalty !== undefined) {
    const punishTokens = () => (constraint.inSpan() ? [] : callOrValue(repeatPenalty.punishTokens));
    constrained.repeatPenalty = { ...repeatPenalty, punishTokens };
  }
  if (!constraint.mayShift)
    constrained.contextShift = { ...options.contextShift, strategy: refuseShift(SHIFT_REFUSED) };
  return constrained;
}

/**
 * A grammar and a raised logit fail open together: the grammar removes the allowed tokens, and what is left is
 * sampled as if no span were open.
 * @throws TypeError where a grammar is in force
 */
export function expectNoGrammar({ grammarEvaluationState }: SequenceEvaluateOptions): void {
  if (callOrValue(grammarEvaluationState) === undefined) return;
  throw new TypeError(
    'Expected "grammar" to be undefined (function calls use one too): a grammar and a recall constraint cannot hold ' +
      "at the same time",
  );
}

function expectNoDryPenalty({ dryRepeatPenalty }: SequenceEvaluateOptions): void {
  if ((dryRepeatPenalty?.strength ?? 0) === 0) return;
  throw new RangeError('Expected "dryRepeatPenalty.strength" to be 0: a quote repeats its source, which it punishes');
}

const SHIFT_REFUSED =
  "The host's context is full, and to make room it would drop tokens that quotes may still come from. Make its " +
  'context larger, or set "onContextShift" to "keep" to go on quoting what the host no longer holds';

/** In place of the host's own strategy, before it drops anything: it throws `CONTEXT_SHIFTED`. */
export function refuseShift(message: string): () => never {
  return () => {
    throw new RecallError("CONTEXT_SHIFTED", message);
  };
}

function callOrValue<Value>(given: Value | (() => Value)): Value {
  return given instanceof Function ? given() : given;
}

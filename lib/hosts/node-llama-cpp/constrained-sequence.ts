import type {
  LlamaContextSequence,
  SequenceEvaluateMetadataOptions,
  SequenceEvaluateOptions,
  SequenceEvaluateOutput,
  Token,
} from "node-llama-cpp";
import { RecallError } from "../../base/errors.js";
import type { Lookahead } from "./lookahead.js";

/** Tokens that a sequence's user may send back in place of the one that was generated. */
export type Replacement = void | Token | Token[];

/** What a sequence yields: a token, and what else was asked for. */
export type SampledToken = SequenceEvaluateOutput<SequenceEvaluateMetadataOptions>;

/** A sequence's `evaluateWithMetadata`. */
export type Evaluate = (
  tokens: Token[],
  metadata: SequenceEvaluateMetadataOptions,
  options?: SequenceEvaluateOptions,
) => AsyncGenerator<SampledToken, void, Replacement>;

/** @throws TypeError where the host would sample tokens without asking what is allowed */
export function expectNoPredictor({ tokenPredictor }: LlamaContextSequence): void {
  if (tokenPredictor === undefined) return;
  throw new TypeError('Expected "sequence" to have no token predictor: predicted tokens are sampled unmasked');
}

/** Ways to sample that exist beside the two that are constrained. */
const SAMPLES = /evaluate|decode|sample/i;
const SAMPLES_NOTHING = "evaluateWithoutGeneratingNewTokens";

/** Methods that change, or write down, what the sequence holds. */
const CHANGES: ReadonlySet<string | symbol> = new Set([
  "adaptStateToTokens",
  "clearHistory",
  "eraseContextTokenRanges",
  "evaluateWithoutGeneratingNewTokens",
  "loadStateFromFile",
  "saveStateToFile",
]);

/**
 * A view of a sequence in which everything that samples goes through `evaluate`, what the host has read ahead cannot be
 * seen, and the rest is the sequence's own. A method that samples in a way that is not known here is refused, so that no
 * version of node-llama-cpp can leave the constraint aside unnoticed.
 * @param lookahead of the generation that owns the sequence
 */
export function constrainSequence(
  sequence: LlamaContextSequence,
  lookahead: () => Lookahead,
  evaluate: Evaluate,
): LlamaContextSequence {
  const replaced = new Map<string | symbol, unknown>([
    ["evaluateWithMetadata", evaluate],
    ["evaluate", (tokens: Token[], options?: SequenceEvaluateOptions) => onlyTokens(evaluate(tokens, {}, options))],
  ]);
  return new Proxy(sequence, {
    get(target, property) {
      if (replaced.has(property)) return replaced.get(property);
      const ahead = lookahead().length;
      const seen = ahead > 0 ? SEEN.get(property) : undefined;
      if (seen !== undefined) return seen(target, ahead);
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function" || property === "constructor") return value;
      if (SAMPLES.test(String(property)) && property !== SAMPLES_NOTHING) return refuse(String(property));
      if (!CHANGES.has(property)) return value.bind(target) as unknown;
      return async (...given: unknown[]) => {
        await lookahead().settle();
        return Reflect.apply(value, target, given) as unknown;
      };
    },
    set: (target, property, value) => Reflect.set(target, property, value, target),
  });
}

/** What a sequence that is ahead by so many tokens would say if it were not. */
const SEEN = new Map<string | symbol, (sequence: LlamaContextSequence, ahead: number) => unknown>([
  ["nextTokenIndex", (sequence, ahead) => sequence.nextTokenIndex - ahead],
  ["contextTokens", (sequence, ahead) => sequence.contextTokens.slice(0, -ahead)],
  [
    "compareContextTokens",
    (sequence, ahead) => (tokens: Token[]) => {
      const { firstDifferentIndex } = sequence.compareContextTokens(tokens);
      return { firstDifferentIndex: Math.min(firstDifferentIndex, sequence.nextTokenIndex - ahead) };
    },
  ],
]);

async function* onlyTokens(
  outputs: AsyncGenerator<SampledToken, void, Replacement>,
): AsyncGenerator<Token, void, Replacement> {
  try {
    let replacement: Replacement = undefined;
    for (;;) {
      const { value, done } = await outputs.next(replacement);
      if (done) return;
      replacement = yield value.token;
    }
  } finally {
    await outputs.return();
  }
}

function refuse(method: string): () => never {
  return () => {
    throw new RecallError(
      "NOT_ENFORCED",
      `${method} samples without the recall constraint: use evaluate, evaluateWithMetadata, LlamaCompletion or ` +
        "LlamaChatSession",
    );
  };
}

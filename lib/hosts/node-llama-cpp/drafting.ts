import type {
  LlamaContextSequence,
  SequenceEvaluateMetadataOptions,
  SequenceEvaluateOptions,
  Token,
} from "node-llama-cpp";
import { uniformAt } from "../../base/random.js";
import type { AnySession } from "../shared/any-session.js";
import { sameIds } from "./allowed-bias.js";
import type { Replacement, SampledToken } from "./constrained-sequence.js";
import type { Lookahead } from "./lookahead.js";
import type { Draft, SpanDrafts } from "./span-drafts.js";

/** A generation that may be drafted. */
export interface DraftedGeneration {
  readonly host: LlamaContextSequence;
  readonly session: AnySession;
  readonly drafts: SpanDrafts;
  readonly lookahead: Lookahead;
  readonly metadata: SequenceEvaluateMetadataOptions;
  readonly options: SequenceEvaluateOptions;
  /** Does work that is about masks. */
  readonly timed: <Result>(work: () => Result) => Result;
}

/**
 * Whether drafts can be verified with these options and this host as exactly as tokens are sampled one by one. XTC
 * draws twice for each token, from one seed; a host that cannot drop its last tokens would read the context again.
 */
export function canDraft({ needsCheckpoints }: LlamaContextSequence, { xtc }: SequenceEvaluateOptions): boolean {
  return !needsCheckpoints && xtc === undefined;
}

/**
 * What a host generates, open quotes by draft: it reads how a quote may go on in one pass and samples at each place,
 * under that place's own mask and seed, until a sample is not what was drafted. Each sample is kept and what was read
 * after it is taken back, so every token is drawn as if there were no draft (Leviathan, Kalman and Matias, 2023, with a
 * draft that is certain of itself), and which tokens these are does not depend on the drafts' lengths.
 *
 * `plain`, the host's own generation, samples outside quotes, where the host has to make room, and each quote's first
 * token, before which every place in the context is a candidate.
 */
export async function* generateByDraft(
  plain: AsyncGenerator<SampledToken, void, Replacement>,
  generation: DraftedGeneration,
): AsyncGenerator<SampledToken, void, Replacement> {
  const { session, drafts, lookahead, timed } = generation;
  const seeds = new Seeds(generation.options.seed);
  /** What the host reads before it samples again; `undefined`: what `plain` was begun with. */
  let unread: readonly Token[] | undefined;
  let quoting = session.inSpan;
  try {
    for (let count = 0; ;) {
      const goesOn = quoting && session.inSpan;
      quoting = session.inSpan;
      const room = roomIn(generation.host) - (unread?.length ?? 0);
      if (!goesOn || unread === undefined || unread.length === 0 || room < 0) {
        const { value, done } = await plain.next(unread?.slice());
        if (done) return;
        count++;
        unread = [(yield value) ?? value.token].flat();
        continue;
      }
      const draft = timed(() => drafts.propose(room));
      const sampling = draft.allowed.map((_, i) => samplingAt(draft, i, seeds.at(count + i), generation.options));
      const { metadata, options } = generation;
      const verified = await lookahead.verify(unread, draft.tokens, { metadata, options, sampling });
      drafts.learn(draft, verified.length - 1);
      for (const [i, { token, ...rest }] of verified.entries()) {
        if (i > 0) {
          // The user may have closed the span, or opened another: then this was sampled under the wrong mask.
          if (!sameIds(session.allowed() ?? NO_IDS, draft.allowed[i].ids)) break;
          lookahead.advance();
        }
        if (token === null || token === undefined) throw new Error("Failed to sample next token");
        count++;
        const replacement = yield { token, ...rest } as SampledToken;
        unread = [replacement ?? token].flat();
        if (replacement !== undefined) break;
      }
      await lookahead.settle();
    }
  } finally {
    await plain.return();
    await lookahead.settle();
  }
}

const NO_IDS = new Int32Array(0);

/** How many tokens a host can read in one pass without dropping any. */
function roomIn({ contextSize, nextTokenIndex, context }: LlamaContextSequence): number {
  return Math.min(contextSize - 1 - nextTokenIndex, context.batchSize);
}

/** The host's own way to sample, defaults included, as it is inside a span. */
function samplingAt(draft: Draft, index: number, seed: number, options: SequenceEvaluateOptions) {
  const { temperature = 0, minP = 0, topK = 40, topP = 0.95 } = options;
  return { temperature, minP, topK, topP, seed, tokenBias: draft.allowed[index].bias };
}

/** A seed for each token of a generation: one for all would draw alike at each place. */
class Seeds {
  readonly #seed: number;

  constructor(seed: number | undefined) {
    const given = seed !== undefined && Number.isFinite(seed);
    this.#seed = given ? Math.max(0, Math.floor(seed)) % 2 ** 53 : Math.floor(Math.random() * 2 ** 53);
  }

  at(index: number): number {
    return Math.floor(uniformAt(this.#seed, index) * 2 ** 32);
  }
}

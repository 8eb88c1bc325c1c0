import type {
  ControlledEvaluateIndexOutput,
  ControlledEvaluateInputItem,
  LlamaContextSequence,
  SequenceEvaluateMetadataOptions,
  SequenceEvaluateOptions,
  Token,
} from "node-llama-cpp";
import { commonLength } from "../shared/host-tokens.js";

/** What the host sampled: `token` is `null` where it could not. */
export type Verified = ControlledEvaluateIndexOutput["next"];

/** How the host reads and samples while it verifies a draft. */
export interface Verification {
  readonly metadata: SequenceEvaluateMetadataOptions;
  /** What does not depend on the place. */
  readonly options: Pick<SequenceEvaluateOptions, "evaluationPriority" | "contextShift">;
  /** At index i, how to sample after the first i tokens of the draft: one more than it has tokens. */
  readonly sampling: readonly SequenceEvaluateOptions[];
}

/**
 * Lets a host read tokens ahead of those that its user has seen, and takes back what was not wanted. Less what is
 * ahead, the host holds what it would hold if it read token by token.
 */
export class Lookahead {
  readonly #host: LlamaContextSequence;
  /** The tokens that are ahead: the last that the host holds. */
  #ahead: readonly Token[] = [];
  /** How many tokens the host holds with them. */
  #end = 0;
  /** What the host was told last. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(host: LlamaContextSequence) {
    this.#host = host;
  }

  /** How many tokens are ahead; none where somebody else has changed what the host holds. */
  get length(): number {
    return this.#host.nextTokenIndex === this.#end ? this.#ahead.length : 0;
  }

  /**
   * Reads tokens and a draft of what follows them in one pass, and samples after the tokens and after each of the
   * draft. Of the draft the host keeps what was sampled too, and is ahead by that.
   * @param tokens at least one; nothing may be ahead of them
   * @returns what was sampled: the tokens of the draft as far as they agree, and the one after these
   */
  verify(tokens: readonly Token[], draft: readonly Token[], how: Verification): Promise<Verified[]> {
    const verified = this.#verify(tokens, draft, how);
    this.#work = verified.catch(() => undefined);
    return verified;
  }

  /** The first token that is ahead is so no longer. */
  advance(): void {
    this.#ahead = this.#ahead.slice(1);
  }

  /** Takes back what is ahead. */
  settle(): Promise<void> {
    const settled = this.#work.then(() => this.#takeBack());
    this.#work = settled.catch(() => undefined);
    return settled;
  }

  async #verify(tokens: readonly Token[], draft: readonly Token[], how: Verification): Promise<Verified[]> {
    const host = this.#host;
    const before = tokens.length - 1;
    const items = [...tokens, ...draft].map((token, i): ControlledEvaluateInputItem => {
      if (i < before) return token;
      return [token, { generateNext: { token: true, ...how.metadata, options: how.sampling[i - before] } }];
    });
    const outputs = await host.controlledEvaluate(items, how.options);
    const sampled = outputs.slice(before).map((output): Verified => output?.next ?? {});
    const accepted = commonLength(
      draft,
      sampled.map(({ token }) => token!),
    );
    const end = host.nextTokenIndex;
    await this.#erase(end - (draft.length - accepted), end);
    this.#ahead = draft.slice(0, accepted);
    this.#end = host.nextTokenIndex;
    return sampled.slice(0, accepted + 1);
  }

  async #takeBack(): Promise<void> {
    const host = this.#host;
    const ahead = this.#ahead;
    this.#ahead = [];
    if (ahead.length === 0 || host.disposed || host.nextTokenIndex !== this.#end) return;
    const tail = host.contextTokens.slice(-ahead.length);
    if (commonLength(tail, ahead) === ahead.length) await this.#erase(this.#end - ahead.length, this.#end);
  }

  async #erase(start: number, end: number): Promise<void> {
    if (start < end) await this.#host.eraseContextTokenRanges([{ start, end }]);
  }
}

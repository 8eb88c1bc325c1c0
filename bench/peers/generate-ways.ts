import {
  LogitsProcessorList,
  type LogitsProcessor,
  type PreTrainedModel,
  type PreTrainedTokenizer,
  type Tensor,
} from "@huggingface/transformers";
import { END_RECALL, START_RECALL } from "../../examples/reference-model/vocabulary.js";
import { generateWithRecall, RecallLogitsProcessor } from "../../lib/entry/transformers.js";
import { ANSWER_TOKENS, NO_CONSTRAINT, readAnswer, type Answer } from "./answer.js";
import { RescanningProcessor } from "./rescanning-processor.js";

/** A model of transformers.js and a prompt for it. */
export interface Question {
  readonly model: PreTrainedModel;
  readonly tokenizer: PreTrainedTokenizer;
  readonly prompt: string;
}

/** A way to generate in transformers.js. */
export interface GenerateWay {
  readonly name: string;
  answer(question: Question): Promise<Answer>;
}

export const GENERATE_WAYS: readonly GenerateWay[] = [
  withProcessor(NO_CONSTRAINT, () => []),
  withProcessor("a processor that rescans", () => [new RescanningProcessor({ start: START_RECALL, end: END_RECALL })]),
  withProcessor("Verbatim, no drafts", (tokenizer) => [new RecallLogitsProcessor(tokenizer)]),
  {
    name: "Verbatim",
    async answer({ model, tokenizer, prompt }) {
      const streamer = new TokenClock();
      const recall = new RecallLogitsProcessor(tokenizer);
      const input = tokenizer(prompt) as { input_ids: Tensor };
      await generateWithRecall(model, { ...input, recall, max_new_tokens: ANSWER_TOKENS, streamer });
      return streamer.answer(tokenizer);
    },
  },
];

function withProcessor(name: string, make: (tokenizer: PreTrainedTokenizer) => LogitsProcessor[]): GenerateWay {
  return {
    name,
    async answer({ model, tokenizer, prompt }) {
      const streamer = new TokenClock();
      const processors = new LogitsProcessorList();
      processors.extend(make(tokenizer));
      const input = tokenizer(prompt) as object;
      const output = { streamer: streamer as never, logits_processor: processors };
      await model.generate({ ...input, ...output, max_new_tokens: ANSWER_TOKENS });
      return streamer.answer(tokenizer);
    },
  };
}

/** Notes when each token was there, as a streamer. */
class TokenClock {
  /** That of the prompt first. */
  readonly #times: number[] = [];
  readonly #tokens: number[] = [];

  put(ids: bigint[][]): void {
    this.#times.push(performance.now());
    if (this.#times.length > 1) this.#tokens.push(Number(ids[0]![0]));
  }

  end(): void {
    this.#times.push(performance.now());
  }

  answer(tokenizer: PreTrainedTokenizer): Answer {
    const end = this.#tokens.indexOf(END_RECALL);
    const tokens = end < 0 ? this.#tokens : this.#tokens.slice(0, end + 1);
    const detokenize = (ids: readonly number[]) => tokenizer.decode([...ids], { skip_special_tokens: true });
    return readAnswer(tokens, this.#times.slice(0, tokens.length + 1), detokenize);
  }
}

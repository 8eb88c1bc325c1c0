import type { LogitsProcessor, PreTrainedTokenizer } from "@huggingface/transformers";
import { RecallLogitsProcessor } from "../../lib/entry/transformers.js";
import { RescanningProcessor } from "./rescanning-processor.js";

/** A logits processor to quote with in transformers.js. */
export interface ProcessorWay {
  readonly name: string;
  make(tokenizer: PreTrainedTokenizer, delimiters: { readonly start: number; readonly end: number }): LogitsProcessor;
}

export const PROCESSOR_WAYS: readonly ProcessorWay[] = [
  { name: "a processor that rescans", make: (_tokenizer, delimiters) => new RescanningProcessor(delimiters) },
  {
    name: "Verbatim's processor",
    make: (tokenizer) => new RecallLogitsProcessor(tokenizer, { recallGenerated: false }),
  },
];

/** A byte-level tokenizer as the files of the Hugging Face libraries. */

import type { ByteLevelTokenizer, LlamaModel } from "./llama-model.js";

/** The content of `tokenizer.json`. */
export function tokenizerJson(tokenizer: ByteLevelTokenizer): object {
  const { controlTokens, tokens, merges, beginOfText } = tokenizer;
  const first = controlTokens[beginOfText];
  const textFollows = [{ SpecialToken: { id: first, type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: controlTokens.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: {
      type: "TemplateProcessing",
      single: textFollows,
      pair: [...textFollows, { Sequence: { id: "B", type_id: 0 } }],
      special_tokens: { [first]: { id: first, ids: [beginOfText], tokens: [first] } },
    },
    decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries([...controlTokens, ...tokens].map((token, id) => [token, id])),
      merges,
    },
  };
}

/** The content of `tokenizer_config.json`. */
export function tokenizerConfig({ contextLength, tokenizer }: LlamaModel): object {
  const { controlTokens, beginOfText, endOfText, chatTemplate } = tokenizer;
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: controlTokens[beginOfText],
    eos_token: controlTokens[endOfText],
    pad_token: controlTokens[endOfText],
    clean_up_tokenization_spaces: false,
    model_max_length: contextLength,
    ...(chatTemplate === undefined ? {} : { chat_template: chatTemplate }),
  };
}

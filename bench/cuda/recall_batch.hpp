#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "../../cuda/host/engine.hpp"
#include "../../tests/cuda/kit/device.hpp"
#include "texts.hpp"

namespace verbatim::cuda::bench {

using tests::DeviceBuffer;
using tests::Expect;
using tests::ExpectCuda;
using tests::ExpectOk;
using tests::Stream;

/** The ids of RecaLLM's tokenizer for Qwen2.5. */
constexpr int32_t kVocabSize = 151'669;
constexpr int32_t kStartToken = 151'665;
constexpr int32_t kEndToken = 151'666;

/** An engine with sequences on contexts that are parts of one text. Sequence i is on context i % contexts. */
class RecallBatch {
 public:
  /** Tokens that a sequence can have of its own. */
  static constexpr size_t kOwnTokens = 512;
  /** From one context's start in the text to the next one's. */
  static constexpr size_t kShift = 1'021;

  /** The tokens a text must have for so many contexts. */
  static size_t TextTokens(size_t context_tokens, int32_t contexts) {
    return context_tokens + static_cast<size_t>(contexts) * kShift;
  }

  RecallBatch(const TokenText& text, size_t context_tokens, int32_t contexts, int32_t sequences, const Stream& stream)
      : text_(&text), context_tokens_(context_tokens), contexts_(contexts) {
    Expect(text.tokens.size() >= TextTokens(context_tokens, contexts), text.name + " has too few tokens");
    vbt_engine_options options;
    vbt_engine_defaults(&options, sizeof options);
    options.vocab_size = kVocabSize;
    options.start_token = kStartToken;
    options.end_token = kEndToken;
    // What is quoted would be found again: every span is to see the same context.
    options.recall_generated = 0;
    options.max_sequences = sequences;
    options.pool_bytes = PoolBytes(sequences);
    vbt_engine* engine = nullptr;
    ExpectOk(nullptr, vbt_engine_create(&options, &engine), "vbt_engine_create");
    engine_.reset(engine);
    std::vector<vbt_context*> handles;
    for (int32_t i = 0; i < contexts; ++i) {
      vbt_context* context = nullptr;
      ExpectOk(engine, vbt_context_create(engine, ContextOf(i), context_tokens, nullptr, 0, stream.get(), &context),
               "vbt_context_create");
      handles.push_back(context);
    }
    for (int32_t i = 0; i < sequences; ++i) {
      int32_t sequence = 0;
      vbt_context* context = handles[static_cast<size_t>(i % contexts)];
      ExpectOk(engine, vbt_sequence_open(engine, context, kOwnTokens, stream.get(), &sequence), "vbt_sequence_open");
      Expect(sequence == i, "sequences are not numbered in order");
    }
  }

  vbt_engine* engine() const { return engine_.get(); }
  /** For the launchers; sequences are ready for them once the stream has been joined and waited for. */
  const EngineView& view() const { return engine_->view(); }
  size_t context_tokens() const { return context_tokens_; }

  /** [context_tokens]: what sequence i searches. */
  const int32_t* ContextOf(int32_t sequence) const {
    return text_->tokens.data() + static_cast<size_t>(sequence % contexts_) * kShift;
  }

  /** Waits until all calls so far are done. */
  void Settle(const Stream& stream) const {
    ExpectOk(engine(), vbt_join(engine(), stream.get()), "vbt_join");
    stream.Synchronize();
  }

  /** Every sequence accepts its token. Waits. */
  void Accept(const std::vector<int32_t>& tokens, const Stream& stream) const {
    const vbt_rows rows = {sizeof(rows), static_cast<int32_t>(tokens.size()), nullptr};
    ExpectOk(engine(), vbt_step(engine(), &rows, tokens.data(), VBT_HOST, stream.get()), "vbt_step");
    Settle(stream);
  }

  /** Brings every sequence into a span of one token, each another of its context. Waits. */
  void OpenSpans(const Stream& stream) const {
    const auto sequences = static_cast<size_t>(view().max_sequences);
    Accept(std::vector<int32_t>(sequences, kStartToken), stream);
    std::vector<int32_t> tokens;
    for (size_t i = 0; i < sequences; ++i) {
      tokens.push_back(ContextOf(static_cast<int32_t>(i))[i * context_tokens_ / sequences]);
    }
    Accept(tokens, stream);
    ExpectNoErrors(stream);
  }

  /** No sequence has refused a token. */
  void ExpectNoErrors(const Stream& stream) const {
    std::vector<int32_t> statuses(static_cast<size_t>(view().max_sequences));
    ExpectOk(engine(), vbt_poll(engine(), statuses.data(), stream.get()), "vbt_poll");
    for (const int32_t status : statuses) {
      Expect(status == VBT_SEQUENCE_OK, vbt_sequence_status_message(static_cast<vbt_sequence_status>(status)));
    }
  }

  /** The masks of sequences [0, count) as they are on the device: [count, view().mask_words]. */
  std::vector<uint32_t> ReadMasks(int32_t count) const {
    std::vector<uint32_t> masks(static_cast<size_t>(count) * static_cast<size_t>(view().mask_words));
    ExpectCuda(cudaMemcpy(masks.data(), view().masks, masks.size() * sizeof(uint32_t), cudaMemcpyDeviceToHost),
               "cudaMemcpy");
    return masks;
  }

 private:
  struct Destroy {
    void operator()(vbt_engine* engine) const { vbt_engine_destroy(engine); }
  };

  size_t PoolBytes(int32_t sequences) const {
    std::unordered_map<int32_t, size_t> counts;
    size_t largest = 0;
    for (const int32_t token : text_->tokens) largest = std::max(largest, ++counts[token]);
    const size_t of_contexts = static_cast<size_t>(contexts_) * (16 * context_tokens_ + 1'024);
    const size_t of_sequences = static_cast<size_t>(sequences) * (4 * (2 * kOwnTokens + largest) + 1'024);
    return of_contexts + of_sequences;
  }

  const TokenText* text_;
  size_t context_tokens_;
  int32_t contexts_;
  std::unique_ptr<vbt_engine, Destroy> engine_;
};

}  // namespace verbatim::cuda::bench

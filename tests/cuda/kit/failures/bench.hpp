#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "../inspection.hpp"
#include "../twin.hpp"

namespace verbatim::cuda::tests {

constexpr int32_t kStart = 18;
constexpr int32_t kEnd = 19;
constexpr int32_t kVocabulary = 20;

/** Twenty ids, of which 18 opens and 19 closes a span; three sequences. */
inline Plan FailurePlan(int32_t device = 0) {
  Plan plan;
  vbt_engine_defaults(&plan.options, sizeof plan.options);
  plan.options.device = device;
  plan.options.vocab_size = kVocabulary;
  plan.options.start_token = kStart;
  plan.options.end_token = kEnd;
  plan.options.max_span_tokens = 16;
  plan.options.max_sequences = 3;
  plan.options.max_spans = 4;
  plan.options.pool_bytes = size_t{1} << 20;
  plan.letters = {1, 2, 3};
  plan.max_logits_rows = 3;
  return plan;
}

/** An engine with a context, a sequence in a span, a sequence in error, and device memory of every kind. */
class FailureBench {
 public:
  explicit FailureBench(const Plan& plan = FailurePlan()) : twin_(plan, histogram_) {
    const cudaStream_t stream = twin_.streams()[1];
    twin_.Begin("bench");
    twin_.CreateContext({1, 2, 3, 1, 2, 1}, nullptr, stream);
    twin_.Open(0, 40, stream);
    twin_.Open(0, 40, stream);
    Accept(0, {2, kStart, 1, 2});
    Accept(1, {kStart, 9});
    Check();
  }

  Twin& twin() { return twin_; }
  vbt_engine* engine() { return twin_.engine(); }
  vbt_context* context() { return twin_.contexts()[0].handle; }

  /** Tokens for one sequence, one after the other. */
  void Accept(int32_t sequence, const std::vector<int32_t>& tokens) {
    const DeviceBuffer<int32_t> map(std::vector<int32_t>{sequence});
    const vbt_rows rows = {sizeof(vbt_rows), 1, map.data()};
    for (const int32_t token : tokens) {
      twin_.oracle().Accept({1, std::vector<int32_t>{sequence}}, std::vector<int32_t>{token});
      ExpectOk(engine(), vbt_accept(engine(), &rows, &token, VBT_HOST, twin_.streams()[1]), "vbt_accept");
    }
    twin_.Settle();
  }

  /** Everything is as it was. */
  void Check() {
    Random random(3);
    for (const int32_t number : twin_.oracle().OpenSequences()) CheckSequence(twin_, number, random);
    CheckEngine(twin_);
  }

  vbt_rows rows() { return {sizeof(vbt_rows), 3, map_.data()}; }
  vbt_logits logits() { return {sizeof(vbt_logits), logits_.data(), VBT_FLOAT32, kVocabulary, kVocabulary}; }
  int32_t* device_words() { return words_.data(); }

 private:
  Histogram histogram_;
  Twin twin_;
  DeviceBuffer<int32_t> map_{std::vector<int32_t>{0, 1, -1}};
  DeviceBuffer<int32_t> words_{std::vector<int32_t>(256, -1)};
  DeviceBuffer<float> logits_{std::vector<float>(4 * kVocabulary, 1.0F)};
};

}  // namespace verbatim::cuda::tests

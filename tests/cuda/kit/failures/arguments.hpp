#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "bench.hpp"

/** Every argument of every call that can be wrong. */

namespace verbatim::cuda::tests {

/** A call with something wrong in it, and the name of the argument that the message has to tell. */
struct WrongCall {
  std::string call;
  std::string argument;
  std::function<vbt_status()> run;
};

class WrongCalls {
 public:
  explicit WrongCalls(FailureBench& bench) : bench_(bench) {
    Contexts();
    SequenceNumbers();
    Sequences();
    Spans();
    Sampling();
    Rows();
    Logits();
    Drafts();
    Inspection();
  }

  const std::vector<WrongCall>& calls() const { return calls_; }

 private:
  using Work = std::function<vbt_status()>;

  void Add(const std::string& call, const std::string& argument, Work run) {
    calls_.push_back({call, argument, std::move(run)});
  }

  vbt_engine* engine() { return bench_.engine(); }

  void Contexts() {
    const auto create = [this](std::vector<int32_t> tokens, std::vector<vbt_piece> pieces) {
      return [this, tokens = std::move(tokens), pieces = std::move(pieces)] {
        return vbt_context_create(engine(), tokens.data(), tokens.size(), pieces.data(), pieces.size(), stream_,
                                  &unwritten_context_);
      };
    };
    constexpr size_t kMost = std::numeric_limits<size_t>::max();
    Add("vbt_context_create", "tokens", create({1, -1}, {{2, 0}}));
    Add("vbt_context_create", "tokens", create({1, kVocabulary}, {{2, 0}}));
    Add("vbt_context_create", "pieces", create({1, 2}, {{1, 0}}));
    Add("vbt_context_create", "pieces", create({1, 2}, {{2, 0}, {1, 0}}));
    Add("vbt_context_create", "pieces", create({1, 2}, {{kMost, 0}, {3, 0}}));
    Add("vbt_context_create", "pieces", create({1, 2}, {{2, 4}}));
    Add("vbt_context_create", "tokens",
        [this] { return vbt_context_create(engine(), nullptr, 1, nullptr, 0, stream_, &unwritten_context_); });
    Add("vbt_context_create", "count",
        [this] { return vbt_context_create(engine(), &token_, kMost, nullptr, 0, stream_, &unwritten_context_); });
    Add("vbt_context_create", "piece",
        [this] { return vbt_context_create(engine(), &token_, 1, nullptr, 1, stream_, &unwritten_context_); });
    Add("vbt_context_create", "context",
        [this] { return vbt_context_create(engine(), &token_, 1, nullptr, 0, stream_, nullptr); });
    Add("vbt_context_destroy", "context", [this] { return vbt_context_destroy(engine(), foreign_context()); });
    Add("vbt_context_length", "context", [this] { return vbt_context_length(engine(), nullptr, &count_); });
    Add("vbt_context_length", "context", [this] { return vbt_context_length(engine(), foreign_context(), &count_); });
    Add("vbt_context_length", "length", [this] { return vbt_context_length(engine(), bench_.context(), nullptr); });
  }

  /** Sequences that are not: below and above the table, and not open. */
  void SequenceNumbers() {
    for (const int32_t number : {-1, 2, 3, std::numeric_limits<int32_t>::max(), std::numeric_limits<int32_t>::min()}) {
      const auto add = [&](const char* call, Work run) { Add(call, "sequence", std::move(run)); };
      add("vbt_sequence_fork", [=, this] { return vbt_sequence_fork(engine(), number, stream_, &number_); });
      add("vbt_sequence_close", [=, this] { return vbt_sequence_close(engine(), number, stream_); });
      add("vbt_append", [=, this] { return vbt_append(engine(), number, &token_, 1, 0, stream_); });
      add("vbt_begin_span", [=, this] { return vbt_begin_span(engine(), number, nullptr, 0, nullptr, 0, stream_); });
      add("vbt_end_span", [=, this] { return vbt_end_span(engine(), number, stream_); });
      add("vbt_truncate", [=, this] { return vbt_truncate(engine(), number, 6, stream_); });
      add("vbt_reset", [=, this] { return vbt_reset(engine(), number, stream_); });
      add("vbt_clear", [=, this] { return vbt_clear(engine(), number, stream_); });
      add("vbt_set_sampling", [=, this] { return vbt_set_sampling(engine(), number, &sampling_, stream_); });
      add("vbt_snapshot", [=, this] { return vbt_snapshot(engine(), number, &info_); });
      add("vbt_read", [=, this] { return vbt_read(engine(), number, 0, 1, &number_); });
      add("vbt_read_bitmask", [=, this] { return vbt_read_bitmask(engine(), number, words_); });
      add("vbt_read_spans", [=, this] { return vbt_read_spans(engine(), number, 0, 1, &span_, &count_); });
      add("vbt_sources", [=, this] { return vbt_sources(engine(), number, 0, 1, &number_, &count_); });
    }
  }

  void Sequences() {
    Add("vbt_sequence_open", "context",
        [this] { return vbt_sequence_open(engine(), foreign_context(), 4, stream_, &number_); });
    Add("vbt_sequence_open", "max_tokens",
        [this] { return vbt_sequence_open(engine(), nullptr, 0, stream_, &number_); });
    Add("vbt_sequence_open", "max_tokens",
        [this] { return vbt_sequence_open(engine(), nullptr, std::numeric_limits<size_t>::max(), stream_, &number_); });
    Add("vbt_sequence_open", "sequence", [this] { return vbt_sequence_open(engine(), nullptr, 4, stream_, nullptr); });
    Add("vbt_sequence_fork", "fork", [this] { return vbt_sequence_fork(engine(), 0, stream_, nullptr); });
    Add("vbt_append", "tokens", [this] { return vbt_append(engine(), 0, nullptr, 1, 0, stream_); });
    static constexpr int32_t kBad[] = {1, -1, kVocabulary};
    Add("vbt_append", "tokens", [this] { return vbt_append(engine(), 0, kBad, 2, 0, stream_); });
    Add("vbt_append", "tokens", [this] { return vbt_append(engine(), 0, kBad + 2, 1, 0, stream_); });
    Add("vbt_append", "flags", [this] { return vbt_append(engine(), 0, &token_, 1, 4, stream_); });
    Add("vbt_append", "count",
        [this] { return vbt_append(engine(), 0, &token_, std::numeric_limits<size_t>::max(), 0, stream_); });
  }

  void Spans() {
    const auto ranges = [this](std::vector<vbt_range> given) {
      Add("vbt_begin_span", "range", [this, given = std::move(given)] {
        return vbt_begin_span(engine(), 0, given.data(), given.size(), nullptr, 0, stream_);
      });
    };
    ranges({{3, 4}, {1, 2}});
    ranges({{0, 3}, {2, 4}});
    ranges({{-1, 2}});
    ranges({{3, 2}});
    ranges(std::vector<vbt_range>(VBT_MAX_RANGES + 1));
    Add("vbt_begin_span", "range", [this] { return vbt_begin_span(engine(), 0, nullptr, 1, nullptr, 0, stream_); });
    const auto ends = [this](std::vector<int32_t> given) {
      Add("vbt_begin_span", "end", [this, given = std::move(given)] {
        return vbt_begin_span(engine(), 0, nullptr, 0, given.data(), given.size(), stream_);
      });
    };
    ends({-1});
    ends({1, kVocabulary});
    ends(std::vector<int32_t>(VBT_MAX_ENDS + 1));
    Add("vbt_begin_span", "end", [this] { return vbt_begin_span(engine(), 0, nullptr, 0, nullptr, 1, stream_); });
  }

  void Sampling() {
    const auto add = [this](const char* argument, vbt_sampling sampling) {
      Add("vbt_set_sampling", argument, [=, this] { return vbt_set_sampling(engine(), 0, &sampling, stream_); });
    };
    constexpr size_t kSize = sizeof(vbt_sampling);
    constexpr float kNotANumber = std::numeric_limits<float>::quiet_NaN();
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    add("struct_size", {kSize - 4, 1, 0, 1, 0, 0});
    for (const float wrong : {-1.0F, kNotANumber, kInfinity}) add("temperature", {kSize, wrong, 0, 1, 0, 0});
    for (const int32_t wrong : {-1, kVocabulary + 1}) add("top_k", {kSize, 1, wrong, 1, 0, 0});
    for (const float wrong : {-0.1F, 1.1F, kNotANumber}) add("top_p", {kSize, 1, 0, wrong, 0, 0});
    for (const float wrong : {-0.1F, 1.1F, kNotANumber}) add("min_p", {kSize, 1, 0, 1, wrong, 0});
    Add("vbt_set_sampling", "sampling", [this] { return vbt_set_sampling(engine(), 0, nullptr, stream_); });
  }

  /** Calls `run` with rows of which one thing or another is wrong. */
  void WrongRows(const std::string& call, const std::function<vbt_status(const vbt_rows*)>& run) {
    const auto add = [&](const char* argument, vbt_rows rows) { Add(call, argument, [=] { return run(&rows); }); };
    const vbt_rows good = bench_.rows();
    add("struct_size", {good.struct_size - 1, good.count, good.sequences});
    add("count", {good.struct_size, -1, good.sequences});
    add("count", {good.struct_size, 65'537, good.sequences});
    add("sequences", {good.struct_size, 1, &token_});
    add("sequences", {good.struct_size, 1, Misaligned<const int32_t>(good.sequences)});
    Add(call, "rows", [=] { return run(nullptr); });
  }

  template <typename Pointer, typename Given>
  static Pointer* Misaligned(Given* memory) {
    return reinterpret_cast<Pointer*>(reinterpret_cast<uintptr_t>(memory) + 1);
  }

  /** Calls `run` with device memory that is not. */
  void WrongMemory(const std::string& call, const std::string& argument,
                   const std::function<vbt_status(int32_t*)>& run) {
    Add(call, argument, [=] { return run(nullptr); });
    Add(call, argument, [=, this] { return run(&number_); });
    Add(call, argument, [=, this] { return run(Misaligned<int32_t>(bench_.device_words())); });
  }

  void Rows() {
    using Verb = decltype(&vbt_accept);
    const std::pair<const char*, Verb> verbs[] = {{"vbt_accept", vbt_accept}, {"vbt_step", vbt_step}};
    for (const auto& [name, verb] : verbs) {
      const Verb call = verb;
      WrongRows(name, [=, this](const vbt_rows* rows) {
        return call(engine(), rows, bench_.device_words(), VBT_DEVICE, stream_);
      });
      WrongMemory(name, "tokens", [=, this](int32_t* tokens) {
        const vbt_rows rows = bench_.rows();
        return call(engine(), &rows, tokens, VBT_DEVICE, stream_);
      });
      Add(name, "tokens", [=, this] {
        const vbt_rows rows = bench_.rows();
        return call(engine(), &rows, nullptr, VBT_HOST, stream_);
      });
      Add(name, "memory", [=, this] {
        const vbt_rows rows = bench_.rows();
        return call(engine(), &rows, bench_.device_words(), 2, stream_);
      });
    }
    WrongRows("vbt_rollback",
              [this](const vbt_rows* rows) { return vbt_rollback(engine(), rows, bench_.device_words(), stream_); });
    WrongMemory("vbt_rollback", "counts", [this](int32_t* counts) {
      const vbt_rows rows = bench_.rows();
      return vbt_rollback(engine(), &rows, counts, stream_);
    });
  }

  void Logits() {
    const auto apply = [this](const vbt_rows* rows, const vbt_logits* logits) {
      return vbt_apply(engine(), rows, logits, stream_);
    };
    const auto sample = [this](const vbt_rows* rows, const vbt_logits* logits) {
      return vbt_sample(engine(), rows, logits, bench_.device_words(), stream_);
    };
    WrongLogits("vbt_apply", apply);
    WrongLogits("vbt_sample", sample);
    WrongMemory("vbt_sample", "tokens", [this](int32_t* tokens) {
      const vbt_rows rows = bench_.rows();
      const vbt_logits logits = bench_.logits();
      return vbt_sample(engine(), &rows, &logits, tokens, stream_);
    });
  }

  void WrongLogits(const std::string& call, const std::function<vbt_status(const vbt_rows*, const vbt_logits*)>& run) {
    const vbt_logits good = bench_.logits();
    WrongRows(call, [=](const vbt_rows* rows) { return run(rows, &good); });
    const auto add = [&](const char* argument, const std::function<void(vbt_logits&)>& spoil) {
      vbt_logits logits = good;
      spoil(logits);
      Add(call, argument, [=, this] {
        const vbt_rows rows = bench_.rows();
        return run(&rows, &logits);
      });
    };
    add("struct_size", [](vbt_logits& logits) { logits.struct_size = 0; });
    add("data", [](vbt_logits& logits) { logits.data = nullptr; });
    add("data", [this](vbt_logits& logits) { logits.data = host_logits_; });
    add("data", [](vbt_logits& logits) { logits.data = static_cast<uint8_t*>(logits.data) + 2; });
    add("data", [](vbt_logits& logits) {
      logits.data = static_cast<uint8_t*>(logits.data) + 1;
      logits.dtype = VBT_BFLOAT16;
    });
    add("dtype", [](vbt_logits& logits) { logits.dtype = 3; });
    add("dtype", [](vbt_logits& logits) { logits.dtype = -1; });
    add("width", [](vbt_logits& logits) { logits.width = kVocabulary - 1; });
    add("stride", [](vbt_logits& logits) { logits.stride = kVocabulary - 1; });
    add("stride", [](vbt_logits& logits) { logits.stride = -1; });
    Add(call, "logits", [=, this] {
      const vbt_rows rows = bench_.rows();
      return run(&rows, nullptr);
    });
  }

  void Drafts() {
    const auto draft = [this](const vbt_rows* rows, int32_t max, int32_t* tokens, int32_t* counts) {
      return vbt_draft(engine(), rows, max, 0, tokens, counts, stream_);
    };
    const vbt_rows good = bench_.rows();
    int32_t* memory = bench_.device_words();
    WrongRows("vbt_draft", [=](const vbt_rows* rows) { return draft(rows, 4, memory, memory + 64); });
    WrongMemory("vbt_draft", "tokens", [=](int32_t* tokens) { return draft(&good, 4, tokens, memory); });
    WrongMemory("vbt_draft", "counts", [=](int32_t* counts) { return draft(&good, 4, memory, counts); });
    for (const int32_t max : {-1, bench_.twin().plan().options.max_span_tokens + 1}) {
      Add("vbt_draft", "max", [=] { return draft(&good, max, memory, memory + 64); });
    }
  }

  void Inspection() {
    vbt_snapshot_info wrong_info = {};
    wrong_info.struct_size = 4;
    vbt_memory_info wrong_memory = {};
    wrong_memory.struct_size = std::numeric_limits<size_t>::max();
    Add("vbt_poll", "statuses", [this] { return vbt_poll(engine(), nullptr, stream_); });
    Add("vbt_poll", "statuses", [this] { return vbt_poll(engine(), bench_.device_words(), stream_); });
    Add("vbt_bad_rows", "count", [this] { return vbt_bad_rows(engine(), nullptr); });
    Add("vbt_bitmasks", "words", [this] { return vbt_bitmasks(engine(), nullptr, &count_); });
    Add("vbt_bitmasks", "words_per_row", [this] { return vbt_bitmasks(engine(), &masks_, nullptr); });
    Add("vbt_memory_usage", "info", [this] { return vbt_memory_usage(engine(), nullptr); });
    Add("vbt_memory_usage", "struct_size", [=, this]() mutable { return vbt_memory_usage(engine(), &wrong_memory); });
    Add("vbt_snapshot", "info", [this] { return vbt_snapshot(engine(), 0, nullptr); });
    Add("vbt_snapshot", "struct_size", [=, this]() mutable { return vbt_snapshot(engine(), 0, &wrong_info); });
    // Sequence 0 has 10 tokens and one span.
    Add("vbt_read", "tokens", [this] { return vbt_read(engine(), 0, 0, 1, nullptr); });
    Add("vbt_read", "start", [this] { return vbt_read(engine(), 0, 11, 0, &number_); });
    Add("vbt_read", "count", [this] { return vbt_read(engine(), 0, 9, 2, &number_); });
    Add("vbt_read", "count", [this] { return vbt_read(engine(), 0, 1, std::numeric_limits<size_t>::max(), &number_); });
    Add("vbt_read_bitmask", "words", [this] { return vbt_read_bitmask(engine(), 0, nullptr); });
    Add("vbt_read_spans", "spans", [this] { return vbt_read_spans(engine(), 0, 0, 1, nullptr, &count_); });
    Add("vbt_read_spans", "count", [this] { return vbt_read_spans(engine(), 0, 0, 1, &span_, nullptr); });
    Add("vbt_sources", "span", [this] { return vbt_sources(engine(), 0, 1, 1, &number_, &count_); });
    Add("vbt_sources", "starts", [this] { return vbt_sources(engine(), 0, 0, 1, nullptr, &count_); });
    Add("vbt_sources", "count", [this] { return vbt_sources(engine(), 0, 0, 1, &number_, nullptr); });
  }

  /** No context of this engine. */
  vbt_context* foreign_context() { return reinterpret_cast<vbt_context*>(&foreign_); }

  FailureBench& bench_;
  cudaStream_t stream_ = bench_.twin().streams()[1];
  std::vector<WrongCall> calls_;
  /** What calls are given that must not be written. */
  vbt_context* unwritten_context_ = nullptr;
  int32_t token_ = 1;
  int32_t number_ = 1;
  size_t count_ = 1;
  uint32_t words_[8] = {};
  const uint32_t* masks_ = nullptr;
  vbt_span span_ = {};
  vbt_sampling sampling_ = {sizeof(vbt_sampling), 0, 0, 1, 0, 0};
  vbt_snapshot_info info_ = {sizeof(vbt_snapshot_info), VBT_SEQUENCE_OK, 0, 0, 0, 0, 0};
  float host_logits_[4 * kVocabulary] = {};
  uint64_t foreign_[64] = {};
};

/** Each wrong argument is refused by a message that names it, and changes nothing. */
inline void WrongArguments() {
  FailureBench bench;
  const WrongCalls wrong(bench);
  for (const WrongCall& call : wrong.calls()) {
    const std::string name = call.call + " with a wrong \"" + call.argument + "\"";
    const vbt_status status = call.run();
    ExpectStatus(bench.engine(), status, VBT_ERR_INVALID_ARGUMENT, name);
    const std::string message = vbt_message(bench.engine());
    Expect(message.find(call.argument) != std::string::npos, name + ": the message does not name it: " + message);
    bench.Check();
  }
  std::printf("  %zu wrong calls\n", wrong.calls().size());
}

/** The options of an engine. */
inline void WrongOptions() {
  static constexpr int32_t kBarriers[] = {1, kVocabulary, -1};
  const std::vector<std::pair<const char*, std::function<void(vbt_engine_options&)>>> wrong = {
      {"struct_size", [](auto& options) { options.struct_size -= 8; }},
      {"vocab_size", [](auto& options) { options.vocab_size = 0; }},
      {"vocab_size", [](auto& options) { options.vocab_size = -5; }},
      {"vocab_size", [](auto& options) { options.vocab_size = VBT_MAX_VOCAB_SIZE + 1; }},
      {"start_token", [](auto& options) { options.start_token = kVocabulary; }},
      {"start_token", [](auto& options) { options.start_token = -2; }},
      {"start_token", [](auto& options) { options.start_token = options.end_token; }},
      {"end_token", [](auto& options) { options.end_token = kVocabulary; }},
      {"end_token", [](auto& options) { options.end_token = -1; }},
      {"barriers", [](auto& options) { options.barrier_count = 1; }},
      {"barriers",
       [](auto& options) {
         options.barriers = kBarriers;
         options.barrier_count = 2;
       }},
      {"barriers",
       [](auto& options) {
         options.barriers = kBarriers + 2;
         options.barrier_count = 1;
       }},
      {"max_span_tokens", [](auto& options) { options.max_span_tokens = 0; }},
      {"min_span_tokens", [](auto& options) { options.min_span_tokens = -1; }},
      {"min_span_tokens", [](auto& options) { options.min_span_tokens = options.max_span_tokens + 1; }},
      {"max_sequences", [](auto& options) { options.max_sequences = 0; }},
      {"max_spans", [](auto& options) { options.max_spans = 0; }},
  };
  vbt_engine* const unwritten = reinterpret_cast<vbt_engine*>(&vbt_message);
  vbt_engine* engine = unwritten;
  const auto expect_refusal = [&](vbt_status status, const std::string& argument) {
    ExpectStatus(nullptr, status, VBT_ERR_INVALID_ARGUMENT, "vbt_engine_create with a wrong \"" + argument + "\"");
    const std::string message = vbt_message(nullptr);
    Expect(message.find(argument) != std::string::npos, "the message does not name " + argument + ": " + message);
    Expect(engine == unwritten, "an engine was written");
  };
  for (const auto& [argument, spoil] : wrong) {
    vbt_engine_options options = FailurePlan().Options();
    spoil(options);
    expect_refusal(vbt_engine_create(&options, &engine), argument);
  }
  const vbt_engine_options options = FailurePlan().Options();
  expect_refusal(vbt_engine_create(nullptr, &engine), "options");
  expect_refusal(vbt_engine_create(&options, nullptr), "engine");
  std::printf("  %zu wrong options\n", wrong.size() + 2);
}

}  // namespace verbatim::cuda::tests

#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "arena.hpp"
#include "device.hpp"
#include "expect.hpp"
#include "histogram.hpp"
#include "oracle/engine.hpp"
#include "plan.hpp"
#include "pool_bytes.hpp"

namespace verbatim::cuda::tests {

struct EngineDeleter {
  void operator()(vbt_engine* engine) const { vbt_engine_destroy(engine); }
};
using EngineHandle = std::unique_ptr<vbt_engine, EngineDeleter>;

inline EngineHandle CreateEngine(const vbt_engine_options& options) {
  vbt_engine* engine = nullptr;
  ExpectOk(nullptr, vbt_engine_create(&options, &engine), "vbt_engine_create");
  return EngineHandle(engine);
}

/** A shared context of both sides. */
struct TwinContext {
  vbt_context* handle;
  std::shared_ptr<const ContextOracle> oracle;
};

/** What is known of an open sequence beside the oracle. */
struct TwinSequence {
  /** nullptr: the empty one. */
  std::shared_ptr<const ContextOracle> context;
  /** vbt_set_sampling made it take the largest logit. */
  bool takes_largest = false;
};

/**
 * An engine and its oracle: each verb is carried out by both. What the engine writes is compared when somebody waits
 * for it (Settle), and seldom at once, so that work that overlaps and must not shows itself.
 */
class Twin {
 public:
  Twin(const Plan& plan, Histogram& histogram)
      : plan_(plan),
        histogram_(&histogram),
        engine_(CreateEngine(plan.Options())),
        oracle_(plan.MakeRules(), plan.options.max_sequences),
        sequences_(static_cast<size_t>(plan.options.max_sequences)),
        streams_{nullptr, own_streams_[0].get(), own_streams_[1].get()} {
    const uint32_t* words = nullptr;
    ExpectOk(engine(), vbt_bitmasks(engine(), &words, &words_per_row_), "vbt_bitmasks");
    Expect(words_per_row_ * 32 >= static_cast<size_t>(plan.options.vocab_size), "a bitmask holds all ids");
  }
  Twin(const Twin&) = delete;
  Twin& operator=(const Twin&) = delete;
  ~Twin() { static_cast<void>(cudaDeviceSynchronize()); }

  const Plan& plan() const { return plan_; }
  vbt_engine* engine() const { return engine_.get(); }
  EngineOracle& oracle() { return oracle_; }
  Histogram& histogram() { return *histogram_; }
  /** The default stream and two others. */
  const std::vector<cudaStream_t>& streams() const { return streams_; }
  std::vector<TwinContext>& contexts() { return contexts_; }
  TwinSequence& sequence(int32_t number) { return sequences_[static_cast<size_t>(number)]; }
  size_t words_per_row() const { return words_per_row_; }
  Arena& inputs() { return inputs_; }
  Arena& outputs() { return outputs_; }
  const std::deque<std::string>& trace() const { return trace_; }

  /** Begins a verb: it is counted, and part of the story that a mismatch tells. */
  void Begin(const std::string& verb, const std::string& with = "") {
    histogram_->Add("verb", verb);
    trace_.push_back(std::to_string(verbs_++) + " " + verb + " " + with);
    if (trace_.size() > kTraceLength) trace_.pop_front();
    if (!inputs_.Fits(MostWords()) || !outputs_.Fits(MostWords())) Settle();
  }

  /** Compares, once `stream` has come so far, what was fetched on it. */
  void Later(cudaStream_t stream, std::function<void()> compare) {
    pending_.push_back({stream, trace_.back(), std::move(compare)});
  }

  /** Waits for a stream and compares what was fetched on it. */
  void SettleStream(cudaStream_t stream) {
    ExpectCuda(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
    std::deque<Pending> others;
    for (; !pending_.empty(); pending_.pop_front()) {
      if (pending_.front().stream == stream) {
        Compare(pending_.front());
      } else {
        others.push_back(std::move(pending_.front()));
      }
    }
    pending_ = std::move(others);
  }

  /** Waits for everything and compares it. */
  void Settle() {
    ExpectOk(engine(), vbt_join(engine(), streams_[0]), "vbt_join");
    for (const cudaStream_t stream : streams_) SettleStream(stream);
    inputs_.Empty();
    outputs_.Empty();
  }

  // ---- Contexts and sequences

  void CreateContext(const std::vector<int32_t>& tokens, const std::vector<vbt_piece>* pieces, cudaStream_t stream) {
    auto context = std::make_shared<ContextOracle>();
    size_t start = 0;
    const std::vector<vbt_piece> whole = {{tokens.size(), 0}};
    for (const vbt_piece& piece : pieces == nullptr ? whole : *pieces) {
      context->Append(oracle_.rules(), std::span(tokens).subspan(start, piece.count), piece.flags);
      start += piece.count;
    }
    vbt_context* handle = nullptr;
    // The library may keep neither array.
    std::vector<int32_t> given = tokens;
    std::vector<vbt_piece> given_pieces = pieces == nullptr ? std::vector<vbt_piece>() : *pieces;
    ExpectOk(engine(),
             vbt_context_create(engine(), given.data(), given.size(), pieces == nullptr ? nullptr : given_pieces.data(),
                                given_pieces.size(), stream, &handle),
             "vbt_context_create");
    given.assign(given.size(), 0);
    given_pieces.assign(given_pieces.size(), vbt_piece{});
    contexts_.push_back({handle, std::move(context)});
    size_t length = 0;
    ExpectOk(engine(), vbt_context_length(engine(), handle, &length), "vbt_context_length");
    ExpectEqual(length, tokens.size(), "the length of a context");
    pool_.AddContext(*contexts_.back().oracle, MemoryUsage().pool_used_bytes);
  }

  /** Sequences keep it. */
  void DestroyContext(size_t index) {
    ExpectOk(engine(), vbt_context_destroy(engine(), contexts_[index].handle), "vbt_context_destroy");
    pool_.Release(*contexts_[index].oracle);
    contexts_.erase(contexts_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  /** @param context its index; nullopt: the empty one */
  void Open(std::optional<size_t> context, int32_t max_tokens, cudaStream_t stream) {
    static const auto empty = std::make_shared<const ContextOracle>();
    const std::shared_ptr<const ContextOracle>& base = context ? contexts_[*context].oracle : empty;
    vbt_context* handle = context ? contexts_[*context].handle : nullptr;
    int32_t opened = -1;
    const vbt_status status = vbt_sequence_open(engine(), handle, static_cast<size_t>(max_tokens), stream, &opened);
    if (ReachedLimit(status, "vbt_sequence_open")) return;
    ExpectEqual(opened, oracle_.Open(*base, max_tokens), "the sequence that was opened");
    sequence(opened) = {context ? base : nullptr, false};
    pool_.AddSequence(opened, sequence(opened).context.get(), max_tokens, MemoryUsage().pool_used_bytes);
  }

  void Fork(int32_t original, cudaStream_t stream) {
    int32_t fork = -1;
    const vbt_status status = vbt_sequence_fork(engine(), original, stream, &fork);
    if (ReachedLimit(status, "vbt_sequence_fork")) return;
    ExpectEqual(fork, oracle_.Fork(original), "the sequence that was forked");
    sequence(fork) = sequence(original);
    pool_.AddSequence(fork, sequence(fork).context.get(), oracle_.Find(fork)->max_tokens(),
                      MemoryUsage().pool_used_bytes);
  }

  void Close(int32_t number, cudaStream_t stream) {
    ExpectOk(engine(), vbt_sequence_close(engine(), number, stream), "vbt_sequence_close");
    oracle_.Close(number);
    pool_.CloseSequence(number);
    sequence(number) = {};
  }

  void Append(int32_t number, std::vector<int32_t> tokens, uint32_t flags, cudaStream_t stream) {
    oracle_.Find(number)->Append(tokens, flags);
    ExpectOk(engine(), vbt_append(engine(), number, tokens.data(), tokens.size(), flags, stream), "vbt_append");
    tokens.assign(tokens.size(), 0);
  }

  /** @param names_ends whether the scope's ends are told, or meant by NULL */
  void BeginSpan(int32_t number, const Scope& scope, bool names_ends, cudaStream_t stream) {
    Scope given = scope;
    const auto none = std::make_unique<vbt_range>();
    given.ends.reserve(1);
    const vbt_range* ranges = nullptr;
    if (given.ranges) ranges = given.ranges->empty() ? none.get() : given.ranges->data();
    ExpectOk(engine(),
             vbt_begin_span(engine(), number, ranges, given.ranges ? given.ranges->size() : 0,
                            names_ends ? given.ends.data() : nullptr, names_ends ? given.ends.size() : 0, stream),
             "vbt_begin_span");
    oracle_.Find(number)->BeginSpan(scope);
  }

  /** Makes vbt_sample take the largest logit; what else is asked for changes nothing then. */
  void TakeLargest(int32_t number, Random& random, cudaStream_t stream) {
    vbt_sampling sampling = {sizeof(vbt_sampling), 0, random.Below(plan_.options.vocab_size + 1), 1, 0, random.Next()};
    ExpectOk(engine(), vbt_set_sampling(engine(), number, &sampling, stream), "vbt_set_sampling");
    sampling = {};
    sequence(number).takes_largest = true;
  }

  vbt_memory_info MemoryUsage() {
    vbt_memory_info info = {};
    info.struct_size = sizeof(info);
    ExpectOk(engine(), vbt_memory_usage(engine(), &info), "vbt_memory_usage");
    return info;
  }

  /** The pool holds what contexts and sequences took. */
  void CheckMemory() {
    const vbt_memory_info info = MemoryUsage();
    ExpectEqual(info.pool_used_bytes, pool_.bytes(), "the pool's used bytes");
    ExpectEqual(info.pool_bytes, plan_.options.pool_bytes, "the pool's bytes");
  }

 private:
  static constexpr size_t kTraceLength = 60;
  static constexpr size_t kArenaWords = size_t{1} << 18;

  struct Pending {
    cudaStream_t stream;
    std::string verb;
    std::function<void()> compare;
  };

  /** More than any one verb sends or fetches. */
  size_t MostWords() const { return 8'192 + 2 * words_per_row_ * sequences_.size(); }

  static void Compare(const Pending& pending) {
    try {
      pending.compare();
    } catch (const Mismatch& mismatch) {
      throw Mismatch(std::string(mismatch.what()) + "\n  which the engine wrote in verb " + pending.verb);
    }
  }

  bool ReachedLimit(vbt_status status, const std::string& call) {
    const bool is_full = oracle_.LowestFree() == -1;
    ExpectStatus(engine(), status, is_full ? VBT_ERR_LIMIT : VBT_OK, call);
    if (is_full) histogram_->Add("error", "LIMIT");
    return is_full;
  }

  Plan plan_;
  Histogram* histogram_;
  Stream own_streams_[2];
  EngineHandle engine_;
  EngineOracle oracle_;
  std::vector<TwinContext> contexts_;
  std::vector<TwinSequence> sequences_;
  std::vector<cudaStream_t> streams_;
  PoolAccount pool_;
  size_t words_per_row_ = 0;
  Arena inputs_{kArenaWords};
  Arena outputs_{kArenaWords};
  std::deque<Pending> pending_;
  std::deque<std::string> trace_;
  int64_t verbs_ = 0;
};

}  // namespace verbatim::cuda::tests

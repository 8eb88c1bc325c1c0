#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "explorer.hpp"
#include "graph.hpp"

namespace verbatim::cuda::tests {

/** What can be captured. */
enum class Part {
  kStep,
  kAccept,
  kPrepare,
  kRollback,
  kApply,
  kSample,
  /** vbt_step with what vbt_sample has written. */
  kStepSampled,
  kDraft,
  kPoll,
  kJoin,
  /** What follows is called with the other stream, which comes after this one. */
  kSwitchStream
};

inline const char* NameOf(Part part) {
  constexpr const char* kNames[] = {"step",         "accept", "prepare", "rollback", "apply",        "sample",
                                    "step sampled", "draft",  "poll",    "join",     "switch stream"};
  return kNames[static_cast<size_t>(part)];
}

inline std::string NameOf(const std::vector<Part>& parts) {
  std::string name;
  for (const Part part : parts) name += (name.empty() ? "" : ", ") + std::string(NameOf(part));
  return name;
}

/** A captured sequence of verbs: what they read lies at addresses that stay, and is written anew for each replay. */
class Recording {
 public:
  /** @param rows of each verb's batch */
  Recording(Explorer& explorer, std::vector<Part> parts, int32_t rows, cudaStream_t stream, cudaStream_t other)
      : explorer_(explorer),
        twin_(explorer.twin()),
        parts_(std::move(parts)),
        rows_(rows),
        logits_(explorer.propose().Logits(rows, BatchVerbs::kMostPadding)),
        max_draft_(std::min(explorer.random().Below(12), twin_.plan().options.max_span_tokens)),
        latest_(explorer.random().OneIn(2)),
        sequences_(Count()),
        tokens_(Count()),
        counts_(Count()),
        sampled_(Count()),
        drafted_(Count() * static_cast<size_t>(max_draft_) + 1),
        drafted_counts_(Count()),
        statuses_(static_cast<size_t>(twin_.oracle().max_sequences())),
        logits_memory_(logits_.bytes.size() + 4),
        graph_(stream, [&] { Record(stream, other); }) {}
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  std::string name() const { return NameOf(parts_); }

  /** Launches the graph with random rows, tokens, counts and logits; the oracle does the same. */
  void Replay(cudaStream_t stream) {
    Random& random = explorer_.random();
    Batch batch = explorer_.propose().Rows(rows_);
    if (!batch.sequences) batch.sequences.emplace();
    batch.sequences->resize(Count(), -1);
    batch.count = rows_;
    const std::vector<int32_t> tokens = explorer_.propose().Tokens(batch);
    const std::vector<int32_t> counts = explorer_.propose().Counts(batch);
    logits_.FillWithTies(random);
    twin_.Begin("replay", name());
    // What is written anew has been read.
    if (launched_on_ && *launched_on_ != stream) order_.Order(*launched_on_, stream);
    launched_on_ = stream;
    Arena& inputs = twin_.inputs();
    inputs.CopyTo(sequences_.data(), *batch.sequences, stream);
    inputs.CopyTo(tokens_.data(), tokens, stream);
    inputs.CopyTo(counts_.data(), counts, stream);
    inputs.CopyTo(sampled_.data(), std::vector<int32_t>(Count(), kUntouched), stream);
    LogitsImage logits = logits_;
    const auto memory = std::make_shared<PinnedLogits>(logits.bytes.size());
    std::copy(logits.bytes.begin(), logits.bytes.end(), memory->upload.data());
    Copy(logits_memory_.data(), memory->upload.data(), logits.bytes.size(), cudaMemcpyHostToDevice, stream);
    graph_.Launch(stream);
    // A replay overwrites what the one before has written: it is fetched at once.
    Copy(memory->download.data(), logits_memory_.data(), logits.bytes.size(), cudaMemcpyDeviceToHost, stream);
    std::vector<int32_t> sampled(Count(), kUntouched);
    for (const Part part : parts_) Follow(part, batch, tokens, counts, logits, sampled, stream);
    twin_.Later(stream, [memory, expected = std::move(logits)] {
      Expect(std::equal(expected.bytes.begin(), expected.bytes.end(), memory->download.data()),
             "the logits of a replay are not what they should be");
    });
  }

 private:
  static constexpr int32_t kUntouched = -77;

  /** What logits are uploaded from and fetched to; each replay has its own, so that nobody has to wait. */
  struct PinnedLogits {
    explicit PinnedLogits(size_t bytes) : upload(bytes + 1), download(bytes + 1) {}

    PinnedBuffer<uint8_t> upload;
    PinnedBuffer<uint8_t> download;
  };

  static void Copy(void* target, const void* source, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
    ExpectCuda(cudaMemcpyAsync(target, source, bytes, kind, stream), "cudaMemcpyAsync");
  }

  size_t Count() const { return static_cast<size_t>(rows_); }

  void Record(cudaStream_t stream, cudaStream_t other) {
    cudaStream_t current = stream;
    for (const Part part : parts_) {
      if (part == Part::kSwitchStream) {
        order_.Order(current, current == stream ? other : stream);
        current = current == stream ? other : stream;
      } else {
        ExpectOk(twin_.engine(), Call(part, current), std::string("captured ") + NameOf(part));
      }
    }
    if (current != stream) order_.Order(current, stream);
  }

  vbt_status Call(Part part, cudaStream_t stream) {
    vbt_engine* engine = twin_.engine();
    const vbt_rows rows = {sizeof(vbt_rows), rows_, sequences_.data()};
    auto* data = logits_memory_.data() + logits_.Entry(0, 0);
    const vbt_logits logits = {sizeof(vbt_logits), data, logits_.dtype, logits_.width, logits_.stride};
    switch (part) {
      case Part::kStep:
        return vbt_step(engine, &rows, tokens_.data(), VBT_DEVICE, stream);
      case Part::kAccept:
        return vbt_accept(engine, &rows, tokens_.data(), VBT_DEVICE, stream);
      case Part::kPrepare:
        return vbt_prepare(engine, stream);
      case Part::kRollback:
        return vbt_rollback(engine, &rows, counts_.data(), stream);
      case Part::kApply:
        return vbt_apply(engine, &rows, &logits, stream);
      case Part::kSample:
        return vbt_sample(engine, &rows, &logits, sampled_.data(), stream);
      case Part::kStepSampled:
        return vbt_step(engine, &rows, sampled_.data(), VBT_DEVICE, stream);
      case Part::kDraft:
        return vbt_draft(engine, &rows, max_draft_, latest_ ? 1 : 0, drafted_.data(), drafted_counts_.data(), stream);
      case Part::kPoll:
        return vbt_poll(engine, statuses_.data(), stream);
      case Part::kJoin:
        return vbt_join(engine, stream);
      case Part::kSwitchStream:
        break;
    }
    return VBT_OK;
  }

  /** What a part comes to, and the comparison of what it wrote. */
  void Follow(Part part, const Batch& batch, const std::vector<int32_t>& tokens, const std::vector<int32_t>& counts,
              LogitsImage& logits, std::vector<int32_t>& sampled, cudaStream_t stream) {
    EngineOracle& oracle = twin_.oracle();
    twin_.histogram().Add("replayed", NameOf(part));
    if (part == Part::kStep || part == Part::kAccept) oracle.Accept(batch, tokens);
    if (part == Part::kStepSampled) oracle.Accept(batch, sampled);
    if (part == Part::kRollback) oracle.Rollback(batch, counts);
    if (part == Part::kApply) oracle.Apply(batch, logits, twin_.plan().options.mask_value);
    if (part == Part::kSample) {
      sampled = oracle.Sample(batch, logits, sampled);
      CompareWords(sampled_.data(), sampled, "a sampled token", stream);
    }
    if (part == Part::kPoll) {
      // The next replay writes there again.
      ExpectCuda(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
      const std::vector<int32_t> expected = oracle.Statuses();
      for (size_t i = 0; i < expected.size(); ++i) ExpectEqual(statuses_.data()[i], expected[i], "a polled status");
    }
    if (part == Part::kDraft) CompareDrafts(oracle.Draft(batch, max_draft_, latest_), stream);
  }

  void CompareWords(const int32_t* device, const std::vector<int32_t>& expected, const std::string& what,
                    cudaStream_t stream) {
    const int32_t* told = twin_.outputs().Fetch(device, expected.size(), stream);
    twin_.Later(stream, [=] {
      for (size_t i = 0; i < expected.size(); ++i) ExpectEqual(told[i], expected[i], what);
    });
  }

  void CompareDrafts(const std::vector<std::optional<std::vector<int32_t>>>& drafts, cudaStream_t stream) {
    std::vector<int32_t> counts;
    for (const auto& draft : drafts) counts.push_back(draft ? static_cast<int32_t>(draft->size()) : 0);
    CompareWords(drafted_counts_.data(), counts, "the count of a draft", stream);
    for (size_t row = 0; row < drafts.size(); ++row) {
      if (drafts[row])
        CompareWords(drafted_.data() + row * static_cast<size_t>(max_draft_), *drafts[row], "a draft", stream);
    }
  }

  Explorer& explorer_;
  Twin& twin_;
  std::vector<Part> parts_;
  int32_t rows_;
  LogitsImage logits_;
  int32_t max_draft_;
  bool latest_;
  DeviceBuffer<int32_t> sequences_;
  DeviceBuffer<int32_t> tokens_;
  DeviceBuffer<int32_t> counts_;
  DeviceBuffer<int32_t> sampled_;
  DeviceBuffer<int32_t> drafted_;
  DeviceBuffer<int32_t> drafted_counts_;
  PinnedBuffer<int32_t> statuses_;
  DeviceBuffer<uint8_t> logits_memory_;
  Event order_;
  std::optional<cudaStream_t> launched_on_;
  Graph graph_;
};

}  // namespace verbatim::cuda::tests

#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "failures/bench.hpp"

namespace verbatim::cuda::tests {

/** Calls that do something, with right arguments: what they are named, and whether they wait by their comment. */
struct Work {
  std::string name;
  std::function<vbt_status(vbt_engine*)> run;
  bool may_wait = false;
};

class Works {
 public:
  explicit Works(FailureBench& bench, cudaStream_t stream) {
    vbt_context* context = bench.context();
    int32_t* words = bench.device_words();
    const vbt_rows rows = bench.rows();
    const vbt_logits logits = bench.logits();
    const auto add = [this](const char* name, std::function<vbt_status(vbt_engine*)> run, bool may_wait = false) {
      works_.push_back({name, std::move(run), may_wait});
    };
    add("vbt_sequence_open", [=](vbt_engine* engine) {
      int32_t opened = -1;
      return vbt_sequence_open(engine, context, 8, stream, &opened);
    });
    add("vbt_sequence_close", [=](vbt_engine* engine) { return vbt_sequence_close(engine, 2, stream); });
    add("vbt_sequence_fork", [=](vbt_engine* engine) {
      int32_t forked = -1;
      return vbt_sequence_fork(engine, 0, stream, &forked);
    });
    add("vbt_reset", [=](vbt_engine* engine) { return vbt_reset(engine, 2, stream); });
    add(
        "vbt_append", [=](vbt_engine* engine) { return vbt_append(engine, 2, kIds, 3, 0, stream); }, true);
    add("vbt_begin_span",
        [=](vbt_engine* engine) { return vbt_begin_span(engine, 2, nullptr, 0, nullptr, 0, stream); });
    add("vbt_accept", [=](vbt_engine* engine) { return vbt_accept(engine, &rows, words, VBT_DEVICE, stream); });
    add("vbt_prepare", [=](vbt_engine* engine) { return vbt_prepare(engine, stream); });
    add("vbt_accept, host", [=](vbt_engine* engine) { return vbt_accept(engine, &rows, kTokens, VBT_HOST, stream); });
    add("vbt_apply", [=](vbt_engine* engine) { return vbt_apply(engine, &rows, &logits, stream); });
    add("vbt_step", [=](vbt_engine* engine) { return vbt_step(engine, &rows, words, VBT_DEVICE, stream); });
    add("vbt_step, host", [=](vbt_engine* engine) { return vbt_step(engine, &rows, kTokens, VBT_HOST, stream); });
    add("vbt_sample", [=](vbt_engine* engine) { return vbt_sample(engine, &rows, &logits, words + 32, stream); });
    add("vbt_rollback", [=](vbt_engine* engine) { return vbt_rollback(engine, &rows, words + 64, stream); });
    add("vbt_draft",
        [=](vbt_engine* engine) { return vbt_draft(engine, &rows, 4, 0, words + 128, words + 96, stream); });
    add("vbt_end_span", [=](vbt_engine* engine) { return vbt_end_span(engine, 2, stream); });
    add("vbt_truncate", [=](vbt_engine* engine) { return vbt_truncate(engine, 2, 6, stream); });
    add("vbt_clear", [=](vbt_engine* engine) { return vbt_clear(engine, 1, stream); });
    add("vbt_set_sampling", [=](vbt_engine* engine) { return vbt_set_sampling(engine, 0, &kSampling, stream); });
    add("vbt_join", [=](vbt_engine* engine) { return vbt_join(engine, stream); });
    add("vbt_poll", [=, this](vbt_engine* engine) { return vbt_poll(engine, pinned_.data(), stream); });
    add(
        "vbt_poll, other memory", [=, this](vbt_engine* engine) { return vbt_poll(engine, statuses_, stream); }, true);
    add(
        "vbt_bad_rows", [this](vbt_engine* engine) { return vbt_bad_rows(engine, &rows_skipped_); }, true);
    add("vbt_bitmasks", [this](vbt_engine* engine) { return vbt_bitmasks(engine, &masks_, &count_); });
    add("vbt_memory_usage", [this](vbt_engine* engine) { return vbt_memory_usage(engine, &memory_); });
    add(
        "vbt_snapshot", [this](vbt_engine* engine) { return vbt_snapshot(engine, 0, &info_); }, true);
    add(
        "vbt_read", [this](vbt_engine* engine) { return vbt_read(engine, 0, 0, 3, statuses_); }, true);
    add(
        "vbt_read_bitmask", [this](vbt_engine* engine) { return vbt_read_bitmask(engine, 0, bits_); }, true);
    add(
        "vbt_read_spans", [this](vbt_engine* engine) { return vbt_read_spans(engine, 0, 0, 1, &span_, &count_); },
        true);
    add(
        "vbt_sources", [this](vbt_engine* engine) { return vbt_sources(engine, 0, 0, 3, statuses_, &count_); }, true);
    add("vbt_context_length", [=, this](vbt_engine* engine) { return vbt_context_length(engine, context, &count_); });
    add(
        "vbt_context_create",
        [=, this](vbt_engine* engine) { return vbt_context_create(engine, kIds, 3, nullptr, 0, stream, &created_); },
        true);
    add("vbt_context_destroy", [this](vbt_engine* engine) { return vbt_context_destroy(engine, created_); });
    add("a call that is refused", [=](vbt_engine* engine) { return vbt_reset(engine, -1, stream); });
  }

  Works(const Works&) = delete;
  Works& operator=(const Works&) = delete;
  /** What vbt_poll writes to has to stay until it is written. */
  ~Works() { static_cast<void>(cudaDeviceSynchronize()); }

  const std::vector<Work>& all() const { return works_; }

 private:
  static constexpr int32_t kIds[3] = {1, 2, 3};
  /** One for each row. */
  static constexpr int32_t kTokens[3] = {1, -1, -1};
  static constexpr vbt_sampling kSampling = {sizeof(vbt_sampling), 0, 0, 1, 0, 0};

  std::vector<Work> works_;
  PinnedBuffer<int32_t> pinned_{64};
  int32_t statuses_[64] = {};
  uint32_t bits_[64] = {};
  uint64_t rows_skipped_ = 0;
  size_t count_ = 0;
  const uint32_t* masks_ = nullptr;
  vbt_span span_ = {};
  vbt_context* created_ = nullptr;
  vbt_snapshot_info info_ = {sizeof(vbt_snapshot_info), VBT_SEQUENCE_OK, 0, 0, 0, 0, 0};
  vbt_memory_info memory_ = {sizeof(vbt_memory_info), 0, 0, 0};
};

inline vbt_status ExpectedOf(const Work& work) {
  return work.name == "a call that is refused" ? VBT_ERR_INVALID_ARGUMENT : VBT_OK;
}

}  // namespace verbatim::cuda::tests

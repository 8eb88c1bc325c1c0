#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

/**
 * What Verbatim is measured against, in the same run: the two algorithms of RecaLLM's appendix B.1, written plainly and
 * compiled with the same flags. Both write the same bitmask as the engine. One run, no barriers, no ranges.
 */
namespace baselines {

inline void SetBit(std::vector<uint32_t>& bitmask, int32_t id) {
  bitmask[static_cast<size_t>(id) >> 5] |= uint32_t{1} << (id & 31);
}

/** Rescans the whole context for the quote at every step: O(M k) a step. */
class Rescan {
 public:
  Rescan(const std::vector<int32_t>& context, int32_t vocab_size)
      : context_(context), bitmask_((static_cast<size_t>(vocab_size) + 31) / 32) {}

  void Begin() {
    quote_.clear();
    Write();
  }
  void Advance(int32_t token) {
    quote_.push_back(token);
    Write();
  }
  const std::vector<uint32_t>& bitmask() const { return bitmask_; }

 private:
  void Write() {
    bitmask_.assign(bitmask_.size(), 0);
    const size_t depth = quote_.size();
    for (size_t i = 0; i + depth < context_.size(); ++i) {
      size_t matched = 0;
      while (matched < depth && context_[i + matched] == quote_[matched]) ++matched;
      if (matched == depth) SetBit(bitmask_, context_[i + depth]);
    }
  }

  const std::vector<int32_t>& context_;
  std::vector<int32_t> quote_;
  std::vector<uint32_t> bitmask_;
};

/** Keeps the candidates from step to step and filters them: O(M + sum of |S_k|) a span, as the paper does. */
class Filter {
 public:
  Filter(const std::vector<int32_t>& context, int32_t vocab_size)
      : context_(context), bitmask_((static_cast<size_t>(vocab_size) + 31) / 32) {}

  void Begin() {
    survivors_.clear();
    is_start_ = true;
    bitmask_.assign(bitmask_.size(), 0);
    for (const int32_t token : context_) SetBit(bitmask_, token);
  }
  void Advance(int32_t token) {
    if (is_start_) {
      Scan(token);
      is_start_ = false;
    } else {
      size_t kept = 0;
      for (const int32_t position : survivors_) {
        const size_t next = static_cast<size_t>(position);
        if (next < context_.size() && context_[next] == token) survivors_[kept++] = position + 1;
      }
      survivors_.resize(kept);
    }
    bitmask_.assign(bitmask_.size(), 0);
    for (const int32_t position : survivors_) {
      const size_t next = static_cast<size_t>(position);
      if (next < context_.size()) SetBit(bitmask_, context_[next]);
    }
  }
  const std::vector<uint32_t>& bitmask() const { return bitmask_; }
  /** |S_k|. */
  size_t candidates() const { return is_start_ ? context_.size() : survivors_.size(); }

 private:
  /** A batch at a time, so that the compiler compares with vector instructions and most batches cost one branch. */
  void Scan(int32_t token) {
    constexpr size_t kBatch = 64;
    for (size_t batch = 0; batch < context_.size(); batch += kBatch) {
      const size_t end = std::min(batch + kBatch, context_.size());
      bool any = false;
      for (size_t i = batch; i < end; ++i) any |= context_[i] == token;
      if (!any) continue;
      for (size_t i = batch; i < end; ++i) {
        if (context_[i] == token) survivors_.push_back(static_cast<int32_t>(i) + 1);
      }
    }
  }

  const std::vector<int32_t>& context_;
  std::vector<int32_t> survivors_;
  bool is_start_ = true;
  std::vector<uint32_t> bitmask_;
};

}  // namespace baselines

#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <vector>

#include "block.hpp"

namespace verbatim {

/**
 * Neighbouring blocks that are being built into one, in a thread of its own, so that the append that makes it worth
 * while need not wait. It changes nothing but speed: whoever started it takes the result when it is there, or never.
 */
class BlockMerge {
 public:
  BlockMerge() = default;
  /** A copy of a context has its own merges to make. */
  BlockMerge(const BlockMerge&) noexcept {}
  BlockMerge& operator=(const BlockMerge&) = delete;

  /** Whether a thread is at work or its result has not been taken. */
  bool is_pending() const { return result_.valid(); }

  /** Begins to merge `blocks`, which stand at positions from `begin` on. Nothing happens where no thread can be had. */
  void Start(std::vector<std::shared_ptr<const Block>> blocks, int32_t begin);

  /** The blocks it was started with no longer stand where they did. */
  void Forget() { begin_ = end_ = 0; }

  /** Blocks before this position are not to be touched while the merge is pending; 0: all may be. */
  int32_t end() const { return end_; }

  struct Merged {
    std::shared_ptr<const Block> block;
    int32_t begin;
  };
  /** The result, once: null where there is none yet, or it is of no use any more. */
  Merged TakeIfReady();

 private:
  std::future<std::shared_ptr<const Block>> result_;
  int32_t begin_ = 0;
  int32_t end_ = 0;
};

}  // namespace verbatim

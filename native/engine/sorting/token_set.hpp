#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace verbatim {

/**
 * A scratch set of ids that gives them back in ascending order: a bitmap with a bitmap of its non-zero words over it,
 * so that both inserting and draining cost a few nanoseconds per id, and an empty set costs nothing to reuse.
 */
class TokenSet {
 public:
  /** Makes room for ids in [0, vocab_size). */
  void Reserve(int32_t vocab_size) {
    const size_t words = (static_cast<size_t>(vocab_size) + 63) / 64;
    if (bits_.size() >= words) return;
    // In this order, so that running out of memory leaves no bit without its group.
    occupied_.resize((words + 63) / 64);
    bits_.resize(words);
  }

  void Insert(int32_t id) {
    const size_t word = static_cast<size_t>(id) >> 6;
    bits_[word] |= uint64_t{1} << (id & 63);
    occupied_[word >> 6] |= uint64_t{1} << (word & 63);
  }

  /** Appends the ids to `ids`, ascending, and leaves the set empty. */
  void DrainTo(std::vector<int32_t>& ids) {
    for (size_t group = 0; group < occupied_.size(); ++group) {
      for (uint64_t words = occupied_[group]; words != 0; words &= words - 1) {
        const size_t word = group * 64 + static_cast<size_t>(std::countr_zero(words));
        for (uint64_t bits = bits_[word]; bits != 0; bits &= bits - 1) {
          ids.push_back(static_cast<int32_t>(word * 64 + static_cast<size_t>(std::countr_zero(bits))));
        }
        bits_[word] = 0;
      }
      occupied_[group] = 0;
    }
  }

 private:
  std::vector<uint64_t> bits_;
  std::vector<uint64_t> occupied_;
};

/** Sorts ids in [0, vocab_size), and keeps one of each. */
inline void SortDistinct(std::vector<int32_t>& ids, int32_t vocab_size) {
  /** Up to here sorting ids is cheaper than a pass over the scratch set. */
  constexpr size_t kFewIds = 32;
  if (std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) == ids.end()) return;
  if (ids.size() <= kFewIds) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return;
  }
  thread_local TokenSet set;
  set.Reserve(vocab_size);
  for (const int32_t id : ids) set.Insert(id);
  ids.clear();
  set.DrainTo(ids);
}

}  // namespace verbatim

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace verbatim {

/**
 * The distinct searchable tokens of a sequence: A(c, r) at k = 0. It follows the sequence as it grows and shrinks: a
 * token is in the set from its first occurrence on, so that shrinking pops first occurrences.
 */
class DistinctTokens {
 public:
  explicit DistinctTokens(int32_t vocab_size) : bitmask_((static_cast<size_t>(vocab_size) + 31) / 32) {}

  void Add(int32_t token, int32_t position) {
    if (!Contains(token)) AddNew(token, position);
  }
  /** Forgets what first occurs at `length` or later. */
  void Truncate(int32_t length);

  /** Ascending; valid until the set changes. */
  std::span<const int32_t> ids();
  /** Bit i % 32 of word i / 32 is 1 where token i is in the set. */
  std::span<const uint32_t> bitmask() const { return bitmask_; }
  bool Contains(int32_t token) const { return (bitmask_[static_cast<size_t>(token) >> 5] >> (token & 31) & 1) != 0; }

  size_t bytes() const;

 private:
  void AddNew(int32_t token, int32_t position);

  struct FirstOccurrence {
    int32_t token;
    int32_t position;
  };
  std::vector<uint32_t> bitmask_;
  /** By position. */
  std::vector<FirstOccurrence> occurrences_;
  /** The first `sorted_count_` occurrences, less any forgotten since, by token. */
  std::vector<int32_t> sorted_;
  size_t sorted_count_ = 0;
};

}  // namespace verbatim

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace verbatim {

/** The searchable positions at which no quote may start: those inside a word, a line or a sentence. */
class InnerPositions {
 public:
  bool Contains(int32_t position) const {
    const size_t word = static_cast<size_t>(position) >> 5;
    return word < bits_.size() && (bits_[word] >> (position & 31) & 1) != 0;
  }

  void Add(int32_t position) {
    const size_t word = static_cast<size_t>(position) >> 5;
    if (word >= bits_.size()) bits_.resize(word + 1);
    bits_[word] |= uint32_t{1} << (position & 31);
  }

  /** Forgets the positions from `length` on. */
  void Truncate(int32_t length) {
    const size_t words = (static_cast<size_t>(length) + 31) / 32;
    bits_.resize(std::min(bits_.size(), words));
    if (bits_.size() == words && length % 32 != 0) bits_.back() &= (uint32_t{1} << (length % 32)) - 1;
    while (!bits_.empty() && bits_.back() == 0) bits_.pop_back();
  }

  bool empty() const { return bits_.empty(); }

  size_t bytes() const { return sizeof(*this) + bits_.capacity() * sizeof(uint32_t); }

 private:
  std::vector<uint32_t> bits_;
};

}  // namespace verbatim

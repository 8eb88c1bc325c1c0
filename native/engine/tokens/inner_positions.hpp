#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace verbatim {

/**
 * The searchable positions at which no quote may start: those inside a word, a line or a sentence. Copies share what
 * `Share` was called for, and have what was added since for themselves.
 */
class InnerPositions {
 public:
  bool empty() const { return first_ == kNone; }

  bool Contains(int32_t position) const {
    return position < shared_length_ ? HasBit(*shared_, position) : HasBit(bits_, position - shared_length_);
  }

  /** `position` is behind all those that are there. */
  void Add(int32_t position) {
    const size_t bit = static_cast<size_t>(position - shared_length_);
    if (bit / 32 >= bits_.size()) bits_.resize(bit / 32 + 1);
    bits_[bit / 32] |= uint32_t{1} << (bit % 32);
    first_ = std::min(first_, position);
  }

  /** Forgets the positions from `length` on. Needs no memory. */
  void Truncate(int32_t length) {
    if (first_ >= length) first_ = kNone;
    if (length < shared_length_) {
      shared_length_ = length;
      bits_.clear();
      return;
    }
    const size_t count = static_cast<size_t>(length - shared_length_);
    const size_t words = (count + 31) / 32;
    if (bits_.size() < words) return;
    bits_.resize(words);
    if (count % 32 != 0) bits_.back() &= (uint32_t{1} << (count % 32)) - 1;
  }

  /** Makes the positions of a sequence of `length` ready to be shared; `few_too` also where few are not shared yet. */
  void Share(int32_t length, bool few_too) {
    if (bits_.empty() || (shared_length_ > 0 && bits_.size() <= kFewToCopy && !few_too)) return;
    auto all = std::make_shared<std::vector<uint32_t>>();
    if (shared_length_ == 0) {
      all->swap(bits_);
    } else {
      all->resize((static_cast<size_t>(length) + 31) / 32);
      for (int32_t position = 0; position < length; ++position) {
        if (Contains(position)) (*all)[static_cast<size_t>(position) / 32] |= uint32_t{1} << (position % 32);
      }
      bits_ = {};
    }
    shared_ = std::move(all);
    is_inherited_ = false;
    shared_length_ = length;
  }

  /** That what is shared is not this copy's. */
  void MarkInherited() { is_inherited_ = true; }
  size_t inherited_bytes() const { return is_inherited_ ? shared_bytes() : 0; }
  size_t own_bytes() const { return bits_.capacity() * sizeof(uint32_t) + (is_inherited_ ? 0 : shared_bytes()); }

 private:
  /** Words of the own part that are copied rather than shared. */
  static constexpr size_t kFewToCopy = 256;
  static constexpr int32_t kNone = INT32_MAX;

  static bool HasBit(const std::vector<uint32_t>& bits, int32_t position) {
    const size_t word = static_cast<size_t>(position) / 32;
    return word < bits.size() && (bits[word] >> (position % 32) & 1) != 0;
  }

  size_t shared_bytes() const { return shared_ == nullptr ? 0 : shared_->capacity() * sizeof(uint32_t); }

  std::shared_ptr<const std::vector<uint32_t>> shared_;
  /** Whether it was shared before this copy was made. */
  bool is_inherited_ = false;
  /** The positions before this one stand in the shared part. */
  int32_t shared_length_ = 0;
  /** A bit for each position from there on. */
  std::vector<uint32_t> bits_;
  /** The first of all, or kNone. */
  int32_t first_ = kNone;
};

}  // namespace verbatim

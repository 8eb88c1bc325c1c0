#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace verbatim {

/**
 * The distinct searchable tokens of a sequence: A(c, r) at k = 0. It follows the sequence as it grows and shrinks: a
 * token is in the set from its first occurrence on, so that shrinking pops first occurrences.
 *
 * Copies share what `Share` was called for, and have what was added since for themselves; that takes room for the
 * tokens added, not for the vocabulary, as long as they are few.
 */
class DistinctTokens {
 public:
  explicit DistinctTokens(int32_t vocab_size) : vocab_size_(vocab_size), bitmask_(WordsFor(vocab_size)) {}

  void Add(int32_t token, int32_t position) {
    if (!Contains(token)) AddNew(token, position);
  }
  bool Contains(int32_t token) const {
    return (shared_ != nullptr && HasBit(shared_->bitmask, token)) || OwnContains(token);
  }
  /** Forgets what first occurs at `length` or later. Needs no memory after `PrepareTruncate` of the same length. */
  void Truncate(int32_t length);
  /** Makes a set of its own of a shared one that `Truncate` would have to change. The tokens stay the same. */
  void PrepareTruncate(int32_t length);
  /** Makes all tokens ready to be shared with copies and between threads; `few_too` also where they are few. */
  void Share(bool few_too);

  /** The larger part of the set, ascending, and as a bitmask of all ids; valid until the set changes. */
  std::span<const int32_t> base_ids() { return shared_ != nullptr ? std::span(shared_->ids) : own_ids(); }
  std::span<const uint32_t> base_bitmask() const {
    if (shared_ == nullptr) return bitmask_;
    return shared_->bitmask;
  }
  /** The rest, ascending. */
  std::span<const int32_t> added_ids() { return shared_ != nullptr ? own_ids() : std::span<const int32_t>(); }

  /** That what is shared is not this copy's. */
  void MarkInherited() { is_inherited_ = true; }
  size_t inherited_bytes() const { return is_inherited_ ? shared_bytes() : 0; }
  size_t own_bytes() const;

 private:
  struct FirstOccurrence {
    int32_t token;
    int32_t position;
  };
  /** The tokens of a sequence's beginning, never changed. */
  struct SharedTokens {
    std::vector<uint32_t> bitmask;
    /** By position. */
    std::vector<FirstOccurrence> occurrences;
    /** Ascending. */
    std::vector<int32_t> ids;
  };

  static size_t WordsFor(int32_t vocab_size) { return (static_cast<size_t>(vocab_size) + 31) / 32; }
  static bool HasBit(const std::vector<uint32_t>& bitmask, int32_t token) {
    return (bitmask[static_cast<size_t>(token) >> 5] >> (token & 31) & 1) != 0;
  }
  bool OwnContains(int32_t token) const { return bitmask_.empty() ? FewContain(token) : HasBit(bitmask_, token); }
  bool FewContain(int32_t token) const;
  size_t shared_bytes() const;
  void AddNew(int32_t token, int32_t position);
  void AddToFew(int32_t token, int32_t position);
  /** Ascending. */
  std::span<const int32_t> own_ids();

  int32_t vocab_size_;
  std::shared_ptr<const SharedTokens> shared_;
  /** Whether it was shared before this copy was made. */
  bool is_inherited_ = false;
  /** By position, those of the shared set left out, as below. */
  std::vector<FirstOccurrence> occurrences_;
  /** Empty beside a shared set while the own tokens are few: all of those are in `sorted_` then. */
  std::vector<uint32_t> bitmask_;
  /** The first `sorted_count_` occurrences, less any forgotten since, by token. */
  std::vector<int32_t> sorted_;
  size_t sorted_count_ = 0;
};

}  // namespace verbatim

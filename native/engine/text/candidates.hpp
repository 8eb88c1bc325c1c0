#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "../sorting/range.hpp"
#include "../sorting/vector_memory.hpp"
#include "agreement.hpp"
#include "context.hpp"
#include "walk.hpp"

namespace verbatim {

/**
 * The places where the bytes quoted so far stand: intervals of the blocks' orders, and places one by one where an
 * interval cannot tell them apart (in the tail, across a block's end, near the longest length, in ranges).
 */
class TextCandidates {
 public:
  void Begin(const TextContext& context, std::span<const Range> ranges, bool restricted, int32_t max_bytes);

  /** Keeps the candidates that go on with `bytes`; false, and nothing has changed, where none does. */
  bool Advance(const TextContext& context, std::span<const uint8_t> bytes);
  /** Goes back to a depth at which the candidates were the same; false, and nothing has changed, where they were not.
   */
  bool RewindTo(int32_t depth);
  bool empty() const { return cursors_.empty() && survivors_.empty(); }
  /** Bytes quoted. */
  int32_t depth() const { return static_cast<int32_t>(quote_.size()); }
  std::span<const Range> ranges() const { return ranges_; }
  bool restricted() const { return restricted_; }
  int32_t max_bytes() const { return max_bytes_; }
  /** Bytes of memory, without the object itself. */
  size_t bytes() const {
    return BytesOf(ranges_) + BytesOf(quote_) + BytesOf(cursors_) + BytesOf(survivors_) + BytesOf(next_cursors_) +
           BytesOf(next_survivors_);
  }

  /** Whether a quote may end here: some candidate is at an edge. Always before the first byte. */
  bool MayEnd(const TextContext& context) const;
  /**
   * Adds what may come next to what a walk has found; a large set that the index holds already is returned instead, if
   * there is one.
   */
  std::shared_ptr<const KeptContinuations> Collect(const TextContext& context, TextWalk& walk) const;
  /** The bytes, at most `most`, on which all candidates agree that go on. */
  std::vector<uint8_t> Agreed(const TextContext& context, size_t most) const;
  /** Those of the latest candidate that goes on. */
  std::vector<uint8_t> Latest(const TextContext& context, size_t most) const;

 private:
  struct Cursor {
    const TextBlock* block;
    /** Position of the block in the context. */
    int32_t begin;
    int32_t low;
    int32_t high;

    bool operator==(const Cursor&) const = default;
  };

  /** How far the candidate that starts here may go: the last edge within max_bytes_, its range's end. */
  int32_t LimitOf(const TextContext& context, int32_t start) const;
  /** Whether some limit may cut a quote of so many bytes. */
  bool MayCut(int32_t length) const { return restricted_ || length > max_bytes_ - longest_gap_; }
  bool GoesOnWith(const TextContext& context, int32_t start, int32_t from, std::span<const uint8_t> bytes) const;
  bool GoesOn(const TextContext& context, int32_t start) const;
  int32_t Uncut(size_t most) const;
  void AgreeInside(const TextContext& context, Cursor cursor, TextAgreement& agreement) const;
  void AgreeBehind(const TextContext& context, const Cursor& ended, int32_t length, TextAgreement& agreement) const;
  void AgreeOneByOne(const TextContext& context, const Cursor& cursor, TextAgreement& agreement) const;
  void AgreeWith(const TextContext& context, int32_t start, TextAgreement& agreement) const;

  std::vector<Range> ranges_;
  bool restricted_ = false;
  int32_t max_bytes_ = INT32_MAX;
  /** The context's, which does not change while a quote goes on. */
  int32_t longest_gap_ = 1;
  std::vector<uint8_t> quote_;
  std::vector<Cursor> cursors_;
  /** Starts. */
  std::vector<int32_t> survivors_;
  /** The least depth from which on the candidates have stayed the same; 0 before the first byte. */
  int32_t unchanged_since_ = 0;
  /** What the next step keeps: as members, so that a step makes no memory. */
  std::vector<Cursor> next_cursors_;
  std::vector<int32_t> next_survivors_;
};

}  // namespace verbatim

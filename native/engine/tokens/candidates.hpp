#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../sorting/range.hpp"
#include "../sorting/vector_memory.hpp"
#include "context.hpp"

namespace verbatim {

/**
 * The candidate set S_k of a quote r over a context: `Advance` takes it from k to k + 1.
 *
 * A candidate is one of two things. While a block holds many, they are a stretch of its order and a node: a *cursor*.
 * Few, or in the tail, or past the end of the block they began in, they are *survivors*: positions, one by one.
 */
class Candidates {
 public:
  /** k = 0, inside `ranges` only, or everywhere where `restricted` is false. */
  void Begin(std::span<const Range> ranges, bool restricted);

  /** False, and nothing has changed, where no candidate continues with `token`. */
  bool Advance(const Context& context, int32_t token);

  /** Goes back to a depth at which the candidates were the same; false, and nothing has changed, where they were not.
   */
  bool RewindTo(int32_t depth);

  /** Visits the nodes at which candidates part now: visit(block, node). Their child tokens are continuations. */
  template <typename Visit>
  void VisitNodes(Visit&& visit) const;

  /** Visits the other continuations, token by token, in any order, with repetitions. Not for k = 0. */
  template <typename Visit>
  void VisitLoose(const Context& context, Visit&& visit) const;

  /**
   * Whether one candidate is left, no matter where: most steps of a quote find one. Before the first token there are
   * none, whatever an attempt that ran out of memory has left.
   */
  bool IsLone() const { return cursors_.empty() && survivors_.size() == 1 && !quote_.empty(); }
  /** The token by which a lone candidate continues; negative where it does not. */
  Word LoneContinuation(const Context& context) const;

  /** The position where the latest candidate that has a continuation goes on, or -1. */
  int32_t LatestContinuation(const Context& context) const;

  /** Whether a quote may end here: some candidate ends at the end of its run, or where a quote may start. */
  bool MayEnd(const Context& context) const;

  /** The start positions of the candidates, in any order; a few may stand twice. */
  void AppendStarts(std::vector<int32_t>& starts) const;

  std::span<const int32_t> quote() const { return quote_; }
  int32_t depth() const { return static_cast<int32_t>(quote_.size()); }
  bool restricted() const { return restricted_; }
  std::span<const Range> ranges() const { return ranges_; }
  /** Where survivors go on: the positions after their last matched token. */
  std::span<const int32_t> survivors() const { return survivors_; }
  /** Without the object itself. */
  size_t bytes() const {
    return BytesOf(quote_) + BytesOf(cursors_) + BytesOf(descents_) + BytesOf(survivors_) + BytesOf(ranges_);
  }

 private:
  /** The candidates in `block` that are at [low, high) of its order, parting at `node`. */
  struct Cursor {
    const Block* block;
    int32_t begin;
    int32_t low;
    int32_t high;
    int32_t node;
  };
  /** What advancing a cursor by one token leaves of it. */
  struct Descent {
    Cursor cursor;
    /** Whether the candidates that are left are few, and become survivors. */
    bool few;
  };

  bool AdvanceMany(const Context& context, int32_t token);
  bool Start(const Context& context, int32_t token);
  bool Descend(const Cursor& cursor, int32_t token, Descent& descent) const;
  size_t FilterSurvivors(const Context& context, int32_t token);
  void Commit(const Context& context, int32_t token, size_t kept);
  bool MayStart(const Context& context, int32_t position) const;
  bool FindStretch(const Context& context, int32_t position) const;
  bool IsInRange(int32_t position, int32_t end) const;
  int32_t SharedToken(const Cursor& cursor) const;
  bool Continues(int32_t position, int32_t end) const;

  std::vector<int32_t> quote_;
  std::vector<Cursor> cursors_;
  std::vector<Descent> descents_;
  std::vector<int32_t> survivors_;
  /** The least depth from which on all candidates are survivors and none was lost. */
  int32_t unchanged_since_ = 0;
  std::vector<Range> ranges_;
  bool restricted_ = false;
  /** Where the last look went; good as long as the context does not change, which takes a new Begin. */
  mutable Stretch nearby_{};
};

template <typename Visit>
void Candidates::VisitNodes(Visit&& visit) const {
  for (const Cursor& cursor : cursors_) {
    if (cursor.block->depth(cursor.node) == depth()) visit(*cursor.block, cursor.node);
  }
}

template <typename Visit>
void Candidates::VisitLoose(const Context& context, Visit&& visit) const {
  for (const Cursor& cursor : cursors_) {
    if (cursor.block->depth(cursor.node) > depth()) visit(SharedToken(cursor));
  }
  const size_t count = survivors_.size();
  for (size_t i = 0; i < count; ++i) {
    if (!FindStretch(context, survivors_[i])) continue;
    const Stretch stretch = nearby_;
    for (; i < count && stretch.Contains(survivors_[i]); ++i) {
      const Word word = stretch.at(survivors_[i]);
      if (IsContinuation(word) && Continues(survivors_[i], survivors_[i] + 1)) visit(word);
    }
    --i;
  }
}

inline Word Candidates::LoneContinuation(const Context& context) const {
  const int32_t position = survivors_.front();
  if (!nearby_.Contains(position) && !FindStretch(context, position)) return kRunEdge;
  return Continues(position, position + 1) ? nearby_.at(position) : kRunEdge;
}

/** The token by which all candidates of a cursor continue that part later. */
inline int32_t Candidates::SharedToken(const Cursor& cursor) const {
  const int32_t position = cursor.block->positions(cursor.low, cursor.high).front() + depth();
  return cursor.block->words()[static_cast<size_t>(position)];
}

/** Whether a candidate that goes on at `position` may reach `end` under the ranges. */
inline bool Candidates::Continues(int32_t position, int32_t end) const {
  return !restricted_ || IsInRange(position, end);
}

}  // namespace verbatim

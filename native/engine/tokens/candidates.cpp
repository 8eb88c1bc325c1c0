#include "candidates.hpp"

#include <algorithm>

#include "../sorting/vector_memory.hpp"

namespace verbatim {

void Candidates::Begin(std::span<const Range> ranges, bool restricted) {
  ranges_.assign(ranges.begin(), ranges.end());
  restricted_ = restricted;
  quote_.clear();
  cursors_.clear();
  survivors_.clear();
  Trim(survivors_);
  nearby_ = {};
}

bool Candidates::Advance(const Context& context, int32_t token) {
  if (!IsLone()) return AdvanceMany(context, token);
  if (LoneContinuation(context) != token) return false;
  quote_.push_back(token);
  ++survivors_.front();
  return true;
}

bool Candidates::AdvanceMany(const Context& context, int32_t token) {
  // Room comes first, before anything changes, so that running out of memory leaves the candidates as they were.
  if (quote_.size() == quote_.capacity()) quote_.reserve(std::max<size_t>(64, 2 * quote_.size()));
  if (quote_.empty()) return Start(context, token);
  const bool were_survivors = cursors_.empty();
  const size_t before = survivors_.size();
  descents_.clear();
  size_t few = 0;
  for (const Cursor& cursor : cursors_) {
    Descent descent;
    if (!Descend(cursor, token, descent)) continue;
    if (descent.few) few += static_cast<size_t>(descent.cursor.high - descent.cursor.low);
    descents_.push_back(descent);
  }
  survivors_.reserve(survivors_.size() + few + descents_.size());
  cursors_.reserve(descents_.size());
  const size_t kept = FilterSurvivors(context, token);
  if (kept == 0 && descents_.empty()) return false;
  Commit(context, token, kept);
  if (!were_survivors || kept < before) unchanged_since_ = depth();
  Trim(survivors_);
  return true;
}

bool Candidates::RewindTo(int32_t depth) {
  if (depth < unchanged_since_ || !cursors_.empty()) return false;
  for (int32_t& position : survivors_) position -= this->depth() - depth;
  quote_.resize(static_cast<size_t>(depth));
  return true;
}

/** The first token: from each block's root, and from the tail's chains. */
bool Candidates::Start(const Context& context, int32_t token) {
  survivors_.clear();
  if (!context.distinct().Contains(token)) return false;
  context.tail().VisitStarts(token, [&](int32_t index) {
    if (MayStart(context, context.tail_begin() + index)) survivors_.push_back(context.tail_begin() + index + 1);
  });
  descents_.clear();
  size_t few = 0;
  for (const Context::Piece& piece : context.pieces()) {
    const Block& block = *piece.block;
    Block::Child child;
    if (!block.FindChild(block.root(), block.position_count(), token, child)) continue;
    if (restricted_ || context.has_inner_positions()) {
      // A cursor could not tell which of its candidates may start here: all become survivors that do.
      for (const int32_t start : block.positions(child.low, child.high)) {
        if (MayStart(context, piece.begin + start)) survivors_.push_back(piece.begin + start + 1);
      }
      continue;
    }
    const bool is_few = child.node == Block::kNoNode;
    if (is_few) few += static_cast<size_t>(child.high - child.low);
    descents_.push_back({{&block, piece.begin, child.low, child.high, child.node}, is_few});
  }
  if (survivors_.empty() && descents_.empty()) return false;
  survivors_.reserve(survivors_.size() + few + descents_.size());
  cursors_.reserve(descents_.size());
  Commit(context, token, survivors_.size());
  unchanged_since_ = depth();
  return true;
}

/** Makes the stretch that holds `position` the nearby one; false past the end of the sequence, where none does. */
bool Candidates::FindStretch(const Context& context, int32_t position) const {
  if (position >= context.length()) return false;
  if (!nearby_.Contains(position)) nearby_ = context.StretchAt(position);
  return true;
}

bool Candidates::IsInRange(int32_t position, int32_t end) const {
  return FindRange(ranges_, position - depth(), end) != nullptr;
}

/** Whether a quote may start at this searchable position. */
bool Candidates::MayStart(const Context& context, int32_t position) const {
  if (!context.MayStart(position)) return false;
  return !restricted_ || FindRange(ranges_, position, position + 1) != nullptr;
}

bool Candidates::Descend(const Cursor& cursor, int32_t token, Descent& descent) const {
  if (cursor.block->depth(cursor.node) > depth()) {
    if (SharedToken(cursor) != token) return false;
    descent = {cursor, false};
    return true;
  }
  Block::Child child;
  if (!cursor.block->FindChild(cursor.node, cursor.high, token, child)) return false;
  descent = {{cursor.block, cursor.begin, child.low, child.high, child.node}, child.node == Block::kNoNode};
  return true;
}

/** Moves the survivors that continue with `token` to the front, one on; nothing has changed where none does. */
size_t Candidates::FilterSurvivors(const Context& context, int32_t token) {
  int32_t* const positions = survivors_.data();
  const size_t count = survivors_.size();
  size_t kept = 0;
  for (size_t i = 0; i < count;) {
    if (!FindStretch(context, positions[i])) {
      ++i;
      continue;
    }
    const Stretch stretch = nearby_;
    // Writing before knowing whether to keep spares a branch, but must not touch a first survivor that is refused.
    for (; i < count && kept == 0 && stretch.Contains(positions[i]); ++i) {
      if (stretch.at(positions[i]) != token || !Continues(positions[i], positions[i] + 1)) continue;
      positions[kept++] = positions[i] + 1;
    }
    for (; i < count && stretch.Contains(positions[i]); ++i) {
      const int32_t position = positions[i];
      positions[kept] = position + 1;
      kept += stretch.at(position) == token && Continues(position, position + 1) ? 1 : 0;
    }
  }
  return kept;
}

/** Takes over the first `kept` survivors and the descents, for which there is room. */
void Candidates::Commit(const Context& context, int32_t token, size_t kept) {
  quote_.push_back(token);
  survivors_.resize(kept);
  cursors_.clear();
  for (const Descent& descent : descents_) {
    const Cursor& cursor = descent.cursor;
    if (descent.few) {
      for (const int32_t start : cursor.block->positions(cursor.low, cursor.high)) {
        survivors_.push_back(cursor.begin + start + depth());
      }
      continue;
    }
    cursors_.push_back(cursor);
    // The one candidate that reaches the block's end goes on after it, where the cursor cannot see.
    const std::vector<Word>& words = cursor.block->words();
    const int32_t start = cursor.block->size() - depth();
    if (start < 0 || cursor.begin + cursor.block->size() == context.length()) continue;
    if (!StartsWith(words[static_cast<size_t>(start)], quote_.front())) continue;
    if (std::equal(quote_.begin() + 1, quote_.end(), words.begin() + start + 1)) {
      survivors_.push_back(cursor.begin + cursor.block->size());
    }
  }
}

int32_t Candidates::LatestContinuation(const Context& context) const {
  int32_t latest = -1;
  if (quote_.empty()) {
    for (int32_t position = context.length() - 1; position >= 0; --position) {
      if (!IsSearchable(context.WordAt(position)) || !context.MayStart(position)) continue;
      if (Continues(position, position + 1)) return position;
    }
    return latest;
  }
  for (const Cursor& cursor : cursors_) {
    const std::vector<Word>& words = cursor.block->words();
    for (const int32_t start : cursor.block->positions(cursor.low, cursor.high)) {
      const int32_t next = start + depth();
      if (next >= cursor.block->size() || !IsContinuation(words[static_cast<size_t>(next)])) continue;
      latest = std::max(latest, cursor.begin + next);
    }
  }
  for (const int32_t position : survivors_) {
    if (position <= latest || position >= context.length()) continue;
    if (IsContinuation(context.WordAt(position)) && Continues(position, position + 1)) latest = position;
  }
  return latest;
}

bool Candidates::MayEnd(const Context& context) const {
  // Where a quote may start anywhere it may end anywhere; elsewhere all candidates are survivors.
  if (quote_.empty() || !context.has_inner_positions()) return true;
  return std::any_of(survivors_.begin(), survivors_.end(), [&](int32_t position) {
    if (position >= context.length() || context.MayStart(position)) return true;
    return !IsContinuation(context.WordAt(position));
  });
}

void Candidates::AppendStarts(std::vector<int32_t>& starts) const {
  for (const Cursor& cursor : cursors_) {
    for (const int32_t start : cursor.block->positions(cursor.low, cursor.high)) starts.push_back(cursor.begin + start);
  }
  for (const int32_t position : survivors_) starts.push_back(position - depth());
}

}  // namespace verbatim

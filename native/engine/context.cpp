#include "context.hpp"

#include <algorithm>
#include <new>

namespace verbatim {

Context::Context(int32_t vocab_size, int32_t max_tokens, std::span<const int32_t> barriers)
    : vocab_size_(vocab_size), max_tokens_(max_tokens), distinct_(std::make_shared<DistinctTokens>(vocab_size)) {
  if (barriers.empty()) return;
  barriers_.resize((static_cast<size_t>(vocab_size) + 31) / 32);
  for (const int32_t token : barriers) barriers_[static_cast<size_t>(token) >> 5] |= uint32_t{1} << (token & 31);
}

void Context::Append(std::span<const int32_t> tokens, bool searchable, bool new_run) {
  if (tokens.empty()) return;
  const int32_t old_length = length();
  const size_t old_size = tail_.size();
  bool edge = new_run || (old_length > 0 && !IsSearchable(WordAt(old_length - 1)));
  try {
    DistinctTokens& distinct = OwnDistinct();
    if (tail_.size() + tokens.size() > kTailLimit) {
      tail_.reserve(tail_.size() + tokens.size());
    }
    int32_t position = old_length;
    for (const int32_t token : tokens) {
      const bool is_searchable = searchable && !IsBarrier(token);
      if (is_searchable) distinct.Add(token, position);
      tail_.push_back(token | (is_searchable ? 0 : kUnsearchable) | (edge || !is_searchable ? kRunEdge : 0));
      edge = !is_searchable;
      ++position;
    }
  } catch (const std::bad_alloc&) {
    tail_.resize(old_size);
    if (!distinct_is_shared_) distinct_->Truncate(old_length);
    throw;
  }
  ++version_;
  if (tail_.size() <= kTailLimit) return;
  try {
    Seal(tail_.size() - kTailKept);
  } catch (const std::bad_alloc&) {
    // An unsealed tail is slower and otherwise the same.
  }
}

void Context::Seal(size_t count) {
  // A block joins the new one if what comes after it, the new one included, is kGrowth times its size.
  size_t keep = pieces_.size();
  int64_t after = static_cast<int64_t>(count);
  int64_t total = after;
  for (size_t i = pieces_.size(); i-- > 0;) {
    if (after >= kGrowth * pieces_[i].block->size()) {
      keep = i;
      total = after + pieces_[i].block->size();
    }
    after += pieces_[i].block->size();
  }

  std::vector<Word> words;
  words.reserve(static_cast<size_t>(total));
  for (size_t i = keep; i < pieces_.size(); ++i) {
    const std::vector<Word>& block = pieces_[i].block->words();
    words.insert(words.end(), block.begin(), block.end());
  }
  words.insert(words.end(), tail_.begin(), tail_.begin() + static_cast<std::ptrdiff_t>(count));
  const int32_t begin = keep < pieces_.size() ? pieces_[keep].begin : tail_begin_;
  std::vector<Word> tail(tail_.begin() + static_cast<std::ptrdiff_t>(count), tail_.end());
  tail.reserve(kTailLimit + 1);
  std::vector<Piece> pieces(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(keep));
  pieces.push_back({Block::Build(std::move(words)), begin});

  pieces_.swap(pieces);
  tail_.swap(tail);
  tail_begin_ = pieces_.back().end();
  ++version_;
}

void Context::Compact() {
  if (tail_.empty() && pieces_.size() <= 1) return;
  std::vector<Word> words;
  words.reserve(static_cast<size_t>(length()));
  for (const Piece& piece : pieces_) {
    words.insert(words.end(), piece.block->words().begin(), piece.block->words().end());
  }
  words.insert(words.end(), tail_.begin(), tail_.end());
  std::vector<Piece> pieces{{Block::Build(std::move(words)), 0}};
  pieces_.swap(pieces);
  tail_ = {};
  tail_begin_ = pieces_.back().end();
  ++version_;
}

void Context::Truncate(int32_t new_length) {
  if (new_length >= length()) return;
  size_t keep = pieces_.size();
  while (keep > 0 && pieces_[keep - 1].end() > new_length) --keep;
  if (keep == pieces_.size()) {
    OwnDistinct().Truncate(new_length);
    tail_.resize(static_cast<size_t>(new_length - tail_begin_));
    ++version_;
    return;
  }
  // The cut goes through a block: what is left of it becomes the tail, and is sealed again if it is long.
  const Piece& cut = pieces_[keep];
  const std::span<const Word> left(cut.block->words().data(), static_cast<size_t>(new_length - cut.begin));
  std::vector<Word> tail(left.begin(), left.end());
  const int32_t tail_begin = cut.begin;
  OwnDistinct().Truncate(new_length);
  pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(keep), pieces_.end());
  tail_.swap(tail);
  tail_begin_ = tail_begin;
  ++version_;
  if (tail_.size() <= kTailLimit) return;
  try {
    Seal(tail_.size() - kTailKept);
  } catch (const std::bad_alloc&) {
    // An unsealed tail is slower and otherwise the same.
  }
}

std::shared_ptr<Context> Context::Fork() {
  distinct_->ids();
  auto fork = std::make_shared<Context>(*this);
  distinct_is_shared_ = fork->distinct_is_shared_ = true;
  return fork;
}

void Context::Read(int32_t start, std::span<int32_t> tokens) const {
  size_t i = 0;
  while (i < tokens.size()) {
    int32_t position = start + static_cast<int32_t>(i);
    for (const Stretch stretch = StretchAt(position); position < stretch.end && i < tokens.size(); ++position, ++i) {
      tokens[i] = TokenOf(stretch.at(position));
    }
  }
}

Stretch Context::StretchAt(int32_t position) const {
  if (position >= tail_begin_) return tail();
  const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), position,
                                      [](int32_t value, const Piece& piece) { return value < piece.begin; });
  return std::prev(after)->stretch();
}

size_t Context::bytes() const {
  size_t total = sizeof(*this) + tail_.capacity() * sizeof(Word) + barriers_.capacity() * sizeof(uint32_t) +
                 pieces_.capacity() * sizeof(Piece) + distinct_->bytes();
  for (const Piece& piece : pieces_) total += piece.block->bytes();
  return total;
}

DistinctTokens& Context::OwnDistinct() {
  if (distinct_is_shared_) {
    distinct_ = std::make_shared<DistinctTokens>(*distinct_);
    distinct_is_shared_ = false;
  }
  return *distinct_;
}

}  // namespace verbatim

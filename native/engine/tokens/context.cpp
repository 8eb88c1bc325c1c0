#include "context.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace verbatim {

Context::Context(int32_t vocab_size, int32_t max_tokens, std::span<const int32_t> barriers)
    : vocab_size_(vocab_size), max_tokens_(max_tokens), distinct_(vocab_size) {
  if (barriers.empty()) return;
  std::vector<uint32_t> bitmask((static_cast<size_t>(vocab_size) + 31) / 32);
  for (const int32_t token : barriers) bitmask[static_cast<size_t>(token) >> 5] |= uint32_t{1} << (token & 31);
  barriers_ = std::make_shared<const std::vector<uint32_t>>(std::move(bitmask));
}

void Context::Append(std::span<const int32_t> tokens, bool searchable, bool new_run, std::span<const uint8_t> edges) {
  if (tokens.empty()) return;
  const int32_t old_length = length();
  const bool edge = new_run || (old_length > 0 && !IsSearchable(WordAt(old_length - 1)));
  // First, since even an append that fails may move memory that matchers look at.
  ++version_;
  TakeMerge();
  try {
    if (tail_.size() + tokens.size() <= kTailLimit) {
      tail_.Reserve(kTailLimit);
      AppendWords(tokens, edges, searchable, edge, [this](Word word) { tail_.Push(word); });
    } else {
      std::vector<Word> words;
      words.reserve(tail_.size() + tokens.size());
      words.insert(words.end(), tail_.words().begin(), tail_.words().end());
      AppendWords(tokens, edges, searchable, edge, [&words](Word word) { words.push_back(word); });
      Seal(std::move(words));
    }
  } catch (const std::bad_alloc&) {
    distinct_.Truncate(old_length);
    inner_.Truncate(old_length);
    tail_.Truncate(static_cast<size_t>(old_length - tail_begin_));
    throw;
  }
}

/** Turns tokens into words, the first with an edge before it or not, and passes them on. */
template <typename Push>
void Context::AppendWords(std::span<const int32_t> tokens, std::span<const uint8_t> edges, bool searchable, bool edge,
                          Push&& push) {
  const int32_t start = length();
  int32_t position = start;
  // A word, not a bool: it goes into the next word as it is.
  Word edge_before = edge ? kRunEdge : 0;
  for (const int32_t token : tokens) {
    if (searchable && !IsBarrier(token)) {
      const bool is_inner = !edges.empty() && edges[static_cast<size_t>(position - start)] == 0;
      if (is_inner && edge_before == 0 && position > 0) {
        inner_.Add(position);
      } else {
        distinct_.Add(token, position);
      }
      push(token | edge_before);
      edge_before = 0;
    } else {
      push(token | kUnsearchable | kRunEdge);
      edge_before = kRunEdge;
    }
    ++position;
  }
}

void Context::Seal(std::vector<Word> words) {
  const size_t sealed = words.size() - kTailKept;
  // What joins the new block at once may cost no more than the append itself, or little; the rest joins in a thread.
  const size_t worth_joining = FirstToJoin(sealed, INT64_MAX);
  const size_t keep = FirstToJoin(sealed, std::max<int64_t>(kJoinedAtOnce, 8 * static_cast<int64_t>(sealed)));
  const int32_t begin = keep < pieces_.size() ? pieces_[keep].begin : tail_begin_;

  Tail tail;
  tail.Reserve(kTailLimit);
  for (size_t i = sealed; i < words.size(); ++i) tail.Push(words[i]);
  words.resize(sealed);
  if (begin < tail_begin_) {
    std::vector<Word> joined;
    joined.reserve(static_cast<size_t>(tail_begin_ - begin) + sealed);
    for (size_t i = keep; i < pieces_.size(); ++i) {
      const std::vector<Word>& block = pieces_[i].block->words();
      joined.insert(joined.end(), block.begin(), block.end());
    }
    joined.insert(joined.end(), words.begin(), words.end());
    words.swap(joined);
  }
  std::vector<Piece> pieces(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(keep));
  pieces.push_back({Block::Build(std::move(words)), begin});

  pieces_.swap(pieces);
  std::swap(tail_, tail);
  tail_begin_ = pieces_.back().end();
  if (worth_joining < keep) StartMerge(worth_joining);
}

/**
 * The first of the blocks to be built into a new one of `sealed` words: the first with kGrowth times its size after it,
 * as long as all of them have at most `most` words.
 */
size_t Context::FirstToJoin(size_t sealed, int64_t most) const {
  size_t first = pieces_.size();
  int64_t after = static_cast<int64_t>(sealed);
  for (size_t i = pieces_.size(); i-- > 0;) {
    const int64_t size = pieces_[i].block->size();
    if (after + size > most || pieces_[i].begin < merge_.end()) break;
    if (after >= kGrowth * size) first = i;
    after += size;
  }
  return first;
}

/** Begins to merge the blocks from `first` on, unless another merge is under way. Never fails. */
void Context::StartMerge(size_t first) {
  if (merge_.is_pending()) return;
  try {
    std::vector<std::shared_ptr<const Block>> blocks;
    for (size_t i = first; i < pieces_.size(); ++i) blocks.push_back(pieces_[i].block);
    merge_.Start(std::move(blocks), pieces_[first].begin);
  } catch (const std::bad_alloc&) {
    // Unmerged blocks are slower and otherwise the same.
  }
}

/** Puts a merged block, if one is ready, in place of those it was built from, and sees whether to merge on. */
void Context::TakeMerge() {
  const BlockMerge::Merged merged = merge_.TakeIfReady();
  if (merged.block == nullptr) return;
  const int32_t end = merged.begin + merged.block->size();
  const auto is_merged = [&](const Piece& piece) { return piece.begin >= merged.begin && piece.end() <= end; };
  const auto first = std::find_if(pieces_.begin(), pieces_.end(), is_merged);
  *first = {merged.block, merged.begin};
  pieces_.erase(first + 1, std::find_if_not(first + 1, pieces_.end(), is_merged));
  const size_t next = FirstToJoin(0, INT64_MAX);
  if (next < pieces_.size()) StartMerge(next);
}

void Context::Compact() {
  distinct_.Share(true);
  inner_.Share(length(), true);
  const size_t first = FirstToCompact();
  if (tail_.empty() && first + 1 >= pieces_.size()) return;
  const int32_t begin = first < pieces_.size() ? pieces_[first].begin : tail_begin_;
  std::vector<Word> words;
  words.reserve(static_cast<size_t>(length() - begin));
  for (size_t i = first; i < pieces_.size(); ++i) {
    words.insert(words.end(), pieces_[i].block->words().begin(), pieces_[i].block->words().end());
  }
  words.insert(words.end(), tail_.words().begin(), tail_.words().end());
  std::vector<Piece> pieces(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first));
  pieces.push_back({Block::Build(std::move(words)), begin});
  merge_.Forget();
  pieces_.swap(pieces);
  tail_.Truncate(0);
  tail_begin_ = pieces_.back().end();
  ++version_;
}

/** The first block that is not large by comparison with what follows it. */
size_t Context::FirstToCompact() const {
  size_t first = pieces_.size();
  int64_t after = static_cast<int64_t>(tail_.size());
  for (size_t i = pieces_.size(); i-- > 0;) {
    const int64_t size = pieces_[i].block->size();
    if (kLargeBlock * after >= size) first = i;
    after += size;
  }
  return first;
}

void Context::Truncate(int32_t new_length) {
  if (new_length >= length()) return;
  ++version_;
  distinct_.PrepareTruncate(new_length);
  if (new_length >= tail_begin_) {
    tail_.Truncate(static_cast<size_t>(new_length - tail_begin_));
  } else {
    CutBlock(new_length);
  }
  distinct_.Truncate(new_length);
  inner_.Truncate(new_length);
}

/** Drops what follows `new_length`, which lies in a block: what is left of that block is indexed anew. */
void Context::CutBlock(int32_t new_length) {
  const auto cut = std::find_if(pieces_.begin(), pieces_.end(),
                                [new_length](const Piece& piece) { return piece.end() > new_length; });
  const Piece piece = *cut;
  merge_.Forget();
  const auto words = std::span(piece.block->words()).first(static_cast<size_t>(new_length - piece.begin));
  std::vector<Piece> dropped(cut, pieces_.end());
  pieces_.erase(cut, pieces_.end());
  const int32_t old_tail_begin = std::exchange(tail_begin_, piece.begin);
  try {
    if (words.size() > kTailLimit) {
      Seal({words.begin(), words.end()});
      return;
    }
    Tail tail;
    tail.Reserve(kTailLimit);
    for (const Word word : words) tail.Push(word);
    std::swap(tail_, tail);
  } catch (const std::bad_alloc&) {
    pieces_.insert(pieces_.end(), dropped.begin(), dropped.end());
    tail_begin_ = old_tail_begin;
    throw;
  }
}

std::shared_ptr<Context> Context::Fork() {
  distinct_.Share(false);
  inner_.Share(length(), false);
  auto fork = std::make_shared<Context>(*this);
  for (Piece& piece : fork->pieces_) piece.is_inherited = true;
  fork->distinct_.MarkInherited();
  fork->inner_.MarkInherited();
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
  if (position >= tail_begin_) return {tail_.words().data(), tail_begin_, length()};
  const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), position,
                                      [](int32_t value, const Piece& piece) { return value < piece.begin; });
  return std::prev(after)->stretch();
}

size_t Context::bytes() const {
  size_t total = own_bytes() + distinct_.inherited_bytes() + inner_.inherited_bytes();
  if (barriers_ != nullptr) total += barriers_->capacity() * sizeof(uint32_t);
  for (const Piece& piece : pieces_) total += piece.is_inherited ? piece.block->bytes() : 0;
  return total;
}

size_t Context::own_bytes() const {
  size_t total =
      sizeof(*this) + tail_.bytes() + pieces_.capacity() * sizeof(Piece) + distinct_.own_bytes() + inner_.own_bytes();
  for (const Piece& piece : pieces_) total += piece.is_inherited ? 0 : piece.block->bytes();
  return total;
}

}  // namespace verbatim

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "words.hpp"

namespace verbatim {

/**
 * The recent words of a sequence, which no block holds yet. Words of equal tokens are chained from the last to the
 * first (tokens share a chain by their low bits), so that the first token of a quote is found without a scan, and
 * words are dropped from the end as cheaply as they are added.
 */
class Tail {
 public:
  Tail() { last_.fill(kNone); }

  const std::vector<Word>& words() const { return words_; }
  size_t size() const { return words_.size(); }
  bool empty() const { return words_.empty(); }

  void Push(Word word) {
    previous_.push_back(last_[ChainOf(word)]);
    words_.push_back(word);
    last_[ChainOf(word)] = static_cast<int32_t>(words_.size()) - 1;
  }

  void Truncate(size_t size) {
    while (words_.size() > size) {
      last_[ChainOf(words_.back())] = previous_.back();
      words_.pop_back();
      previous_.pop_back();
    }
  }

  void Reserve(size_t size) {
    words_.reserve(size);
    previous_.reserve(size);
  }

  /** Visits every index where a match can begin with `token`, the last first. */
  template <typename Visit>
  void VisitStarts(int32_t token, Visit&& visit) const {
    for (int32_t i = last_[ChainOf(token)]; i != kNone; i = previous_[static_cast<size_t>(i)]) {
      if (StartsWith(words_[static_cast<size_t>(i)], token)) visit(i);
    }
  }

  size_t bytes() const { return (words_.capacity() + previous_.capacity()) * sizeof(int32_t); }

 private:
  static constexpr int32_t kNone = -1;
  static constexpr size_t kChains = 256;
  static size_t ChainOf(Word word) { return static_cast<size_t>(TokenOf(word)) % kChains; }

  std::vector<Word> words_;
  /** The index before this one in its chain, or kNone. */
  std::vector<int32_t> previous_;
  std::array<int32_t, kChains> last_;
};

}  // namespace verbatim

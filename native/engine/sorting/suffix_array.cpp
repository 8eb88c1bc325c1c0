#include "suffix_array.hpp"

#include <algorithm>
#include <cstddef>

namespace verbatim {
namespace {

constexpr int32_t kEmpty = -1;

/**
 * One level of induced sorting. A suffix is *small* if it sorts before the suffix that starts one symbol later, else
 * *large*; a small suffix after a large one is a *seam*. Seams are at most every other position: once they are in
 * order, one sweep to the right places all large suffixes and one sweep to the left all small ones.
 */
class InducedSort {
 public:
  InducedSort(const int32_t* text, int32_t length, int32_t alphabet, int32_t* order)
      : text_(text),
        length_(length),
        order_(order),
        small_(static_cast<size_t>(length)),
        bucket_(static_cast<size_t>(alphabet) + 1) {
    for (int32_t i = 0; i < length_; ++i) ++bucket_[static_cast<size_t>(text_[i]) + 1];
    for (size_t symbol = 1; symbol < bucket_.size(); ++symbol) bucket_[symbol] += bucket_[symbol - 1];
    for (int32_t i = length_ - 2; i >= 0; --i) {
      small_[static_cast<size_t>(i)] =
          text_[i] < text_[i + 1] || (text_[i] == text_[i + 1] && small_[static_cast<size_t>(i) + 1]);
    }
  }

  void Run() {
    std::vector<int32_t> seams;
    for (int32_t i = 1; i < length_; ++i) {
      if (IsSeam(i)) seams.push_back(i);
    }
    Induce(seams);
    if (seams.size() > 1) {
      SortSeams(seams);
      Induce(seams);
    }
  }

 private:
  bool IsSeam(int32_t i) const {
    return i > 0 && small_[static_cast<size_t>(i)] && !small_[static_cast<size_t>(i) - 1];
  }

  /** Fills `order_` from seams that are in order already (or in any order, to sort only what lies between seams). */
  void Induce(const std::vector<int32_t>& seams) {
    std::fill(order_, order_ + length_, kEmpty);
    cursor_.assign(bucket_.begin() + 1, bucket_.end());
    for (size_t i = seams.size(); i-- > 0;) order_[--cursor_[static_cast<size_t>(text_[seams[i]])]] = seams[i];

    cursor_.assign(bucket_.begin(), bucket_.end() - 1);
    const auto place_large = [this](int32_t suffix) { order_[cursor_[static_cast<size_t>(text_[suffix])]++] = suffix; };
    place_large(length_ - 1);
    for (int32_t i = 0; i < length_; ++i) {
      const int32_t suffix = order_[i] - 1;
      if (suffix >= 0 && !small_[static_cast<size_t>(suffix)]) place_large(suffix);
    }

    cursor_.assign(bucket_.begin() + 1, bucket_.end());
    for (int32_t i = length_ - 1; i >= 0; --i) {
      const int32_t suffix = order_[i] - 1;
      if (suffix >= 0 && small_[static_cast<size_t>(suffix)]) {
        order_[--cursor_[static_cast<size_t>(text_[suffix])]] = suffix;
      }
    }
  }

  /** Reorders `seams` (given in text order) by the suffixes that start there, after a first Induce. */
  void SortSeams(std::vector<int32_t>& seams) {
    // The first pass left the seams in `order_` sorted by the stretch up to the next seam: name the stretches.
    std::vector<int32_t> names(static_cast<size_t>(length_) / 2 + 1, kEmpty);
    int32_t name = -1;
    int32_t previous = kEmpty;
    for (int32_t i = 0; i < length_; ++i) {
      const int32_t seam = order_[i];
      if (!IsSeam(seam)) continue;
      if (previous == kEmpty || !SameStretch(previous, seam)) ++name;
      names[static_cast<size_t>(seam) / 2] = name;
      previous = seam;
    }

    std::vector<int32_t> reduced(seams.size());
    for (size_t i = 0; i < seams.size(); ++i) reduced[i] = names[static_cast<size_t>(seams[i]) / 2];
    std::vector<int32_t> rank(seams.size());
    if (static_cast<size_t>(name) + 1 == seams.size()) {
      for (size_t i = 0; i < seams.size(); ++i) rank[static_cast<size_t>(reduced[i])] = static_cast<int32_t>(i);
    } else {
      names = {};
      InducedSort(reduced.data(), static_cast<int32_t>(reduced.size()), name + 1, rank.data()).Run();
    }
    std::vector<int32_t> sorted(seams.size());
    for (size_t i = 0; i < seams.size(); ++i) sorted[i] = seams[static_cast<size_t>(rank[i])];
    seams = std::move(sorted);
  }

  /** Whether the stretches from two seams to their next seams are the same symbols. */
  bool SameStretch(int32_t a, int32_t b) const {
    for (int32_t i = 0;; ++i) {
      if (a + i == length_ || b + i == length_) return false;
      if (text_[a + i] != text_[b + i]) return false;
      const bool a_ends = i > 0 && IsSeam(a + i);
      const bool b_ends = i > 0 && IsSeam(b + i);
      if (a_ends || b_ends) return a_ends && b_ends;
    }
  }

  const int32_t* text_;
  int32_t length_;
  int32_t* order_;
  std::vector<uint8_t> small_;
  std::vector<int32_t> bucket_;
  std::vector<int32_t> cursor_;
};

}  // namespace

std::vector<int32_t> SuffixArray(const std::vector<int32_t>& text, int32_t alphabet) {
  std::vector<int32_t> order(text.size());
  if (!text.empty()) InducedSort(text.data(), static_cast<int32_t>(text.size()), alphabet, order.data()).Run();
  return order;
}

std::vector<int32_t> CommonPrefixes(const std::vector<int32_t>& text, const std::vector<int32_t>& order) {
  const size_t length = text.size();
  std::vector<int32_t> lcp(length);
  if (length == 0) return lcp;
  // By text position: first each suffix's predecessor in the order, then the length they share. A suffix shares with
  // its predecessor at least what the suffix before it in the text shared with its own, less one symbol.
  std::vector<int32_t> shared(length);
  shared[static_cast<size_t>(order[0])] = -1;
  for (size_t i = 1; i < length; ++i) shared[static_cast<size_t>(order[i])] = order[i - 1];
  size_t common = 0;
  for (size_t i = 0; i < length; ++i) {
    if (shared[i] < 0) {
      shared[i] = 0;
      common = 0;
      continue;
    }
    const size_t other = static_cast<size_t>(shared[i]);
    while (i + common < length && other + common < length && text[i + common] == text[other + common] &&
           text[i + common] != 0) {
      ++common;
    }
    shared[i] = static_cast<int32_t>(common);
    if (common > 0) --common;
  }
  for (size_t i = 0; i < length; ++i) lcp[i] = shared[static_cast<size_t>(order[i])];
  return lcp;
}

}  // namespace verbatim

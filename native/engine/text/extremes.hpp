#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace verbatim {

/**
 * The best of every 64 items of a list, of every 64 of those, and so on: whoever looks for good items passes over many
 * bad ones at once. The items themselves stay where they are, and are handed in with each question.
 * `Better`: std::less for the least item, std::greater for the greatest.
 */
template <typename Better>
class Extremes {
 public:
  using Items = std::span<const int32_t>;

  Extremes() = default;
  explicit Extremes(Items items) {
    for (Items below = items; below.size() > kFanOut; below = levels_.back()) {
      std::vector<int32_t> best;
      best.reserve((below.size() + kFanOut - 1) / kFanOut);
      for (size_t i = 0; i < below.size(); i += kFanOut) {
        best.push_back(BestOf(below.subspan(i, std::min(kFanOut, below.size() - i))));
      }
      levels_.push_back(std::move(best));
    }
  }

  /** The first of the items [from, end) that is `bound` or better; `end` where there is none. */
  int32_t First(Items items, int32_t from, int32_t end, int32_t bound) const {
    size_t i = static_cast<size_t>(from);
    size_t level = 0;
    for (;;) {
      const Items best = Level(items, level);
      // To the end of the group, or of the level.
      const size_t group_end = std::min(best.size(), (i / kFanOut + 1) * kFanOut);
      while (i < group_end && Better()(bound, best[i])) ++i;
      if (i < group_end) {
        if (level == 0) return std::min(static_cast<int32_t>(i), end);
        i *= kFanOut;
        --level;
        continue;
      }
      if (i >= best.size()) return end;
      // Past a group's end everything of the next groups is to be looked at: from one level above, if there is one.
      if (level < levels_.size()) {
        ++level;
        i /= kFanOut;
      }
      if (level == 0 && static_cast<int32_t>(i) >= end) return end;
    }
  }

  /** The best of the items [from, end), of which there is one at least. */
  int32_t Best(Items items, int32_t from, int32_t end) const {
    size_t low = static_cast<size_t>(from);
    size_t high = static_cast<size_t>(end);
    int32_t best = items[low];
    for (size_t level = 0; low < high; ++level) {
      const Items all = Level(items, level);
      const auto look = [&](size_t first, size_t last) {
        if (first < last) best = std::min(best, BestOf(all.subspan(first, last - first)), Better());
      };
      // What whole groups hold is looked up one level above.
      const size_t first_group = (low + kFanOut - 1) / kFanOut;
      const size_t last_group = high / kFanOut;
      if (level == levels_.size() || first_group >= last_group) {
        look(low, high);
        break;
      }
      look(low, first_group * kFanOut);
      look(last_group * kFanOut, high);
      low = first_group;
      high = last_group;
    }
    return best;
  }

  /**
   * Visits items of [from, end), better ones earlier on the whole, and passes over groups of which `may_hold`, given
   * the level and the number of a group, says that there is nothing in them to look for.
   */
  template <typename MayHold, typename Visit>
  void Search(Items items, int32_t from, int32_t end, MayHold&& may_hold, Visit&& visit) const {
    const size_t top = levels_.size();
    SearchGroup(items, {top, 0, Level(items, top).size()}, {static_cast<size_t>(from), static_cast<size_t>(end)},
                may_hold, visit);
  }

  /** The best item of a group. */
  int32_t At(Items items, size_t level, size_t group) const { return Level(items, level)[group]; }

  size_t bytes() const {
    size_t total = levels_.capacity() * sizeof(std::vector<int32_t>);
    for (const std::vector<int32_t>& level : levels_) total += level.capacity() * sizeof(int32_t);
    return total;
  }

 private:
  static constexpr size_t kFanOut = 64;

  /** Entries [first, last) of a level; level 0 are the items. */
  struct Group {
    size_t level;
    size_t first;
    size_t last;
  };
  /** Items [from, end). */
  struct Stretch {
    size_t from;
    size_t end;
  };

  static int32_t BestOf(Items items) { return *std::min_element(items.begin(), items.end(), Better()); }
  Items Level(Items items, size_t level) const { return level == 0 ? items : Items(levels_[level - 1]); }

  template <typename MayHold, typename Visit>
  void SearchGroup(Items items, const Group& group, const Stretch& stretch, MayHold& may_hold, Visit& visit) const {
    if (group.level == 0) {
      for (size_t i = std::max(group.first, stretch.from); i < std::min(group.last, stretch.end); ++i) visit(items[i]);
      return;
    }
    const Items best = Level(items, group.level);
    size_t width = 1;
    for (size_t level = 0; level < group.level; ++level) width *= kFanOut;
    const size_t first = std::max(group.first, stretch.from / width);
    const size_t last = std::min(group.last, (stretch.end + width - 1) / width);
    std::array<size_t, kFanOut> entries;
    size_t count = 0;
    for (size_t i = first; i < last; ++i) {
      if (may_hold(group.level, i)) entries[count++] = i;
    }
    std::sort(entries.begin(), entries.begin() + count,
              [best](size_t a, size_t b) { return Better()(best[a], best[b]); });
    const size_t below = Level(items, group.level - 1).size();
    for (size_t i = 0; i < count; ++i) {
      if (!may_hold(group.level, entries[i])) continue;
      const size_t begin = entries[i] * kFanOut;
      SearchGroup(items, {group.level - 1, begin, std::min(below, begin + kFanOut)}, stretch, may_hold, visit);
    }
  }

  std::vector<std::vector<int32_t>> levels_;
};

using Least = Extremes<std::less<>>;
using Greatest = Extremes<std::greater<>>;

}  // namespace verbatim

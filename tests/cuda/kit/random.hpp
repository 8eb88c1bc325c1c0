#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace verbatim::cuda::tests {

/** A small seeded generator: the same seed gives the same numbers on every machine, so that a failure can be replayed.
 */
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  /** A counter, mixed. */
  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15U;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
  }

  /** An integer in [0, bound). */
  int32_t Below(int32_t bound) { return static_cast<int32_t>(((Next() >> 32) * static_cast<uint64_t>(bound)) >> 32); }

  /** An integer in [low, high]. */
  int32_t Between(int32_t low, int32_t high) { return low + Below(high - low + 1); }

  /** An integer in [0, bound), small ones far more often. */
  int32_t Skewed(int32_t bound) { return Below(Below(bound) + 1); }

  /** True once in `times`. */
  bool OneIn(int32_t times) { return Below(times) == 0; }

  template <typename Value>
  const Value& Of(const std::vector<Value>& values) {
    return values[static_cast<size_t>(Below(static_cast<int32_t>(values.size())))];
  }

  template <typename Value>
  Value Of(std::initializer_list<Value> values) {
    return values.begin()[Below(static_cast<int32_t>(values.size()))];
  }

  /** An index, as often as its weight says. */
  size_t Weighted(std::span<const int32_t> weights) {
    int32_t sum = 0;
    for (const int32_t weight : weights) sum += weight;
    int32_t left = Below(sum);
    size_t index = 0;
    while (left >= weights[index]) left -= weights[index++];
    return index;
  }

  template <typename Value>
  void Shuffle(std::vector<Value>& values) {
    for (size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[static_cast<size_t>(Below(static_cast<int32_t>(i)))]);
    }
  }

 private:
  uint64_t state_;
};

}  // namespace verbatim::cuda::tests

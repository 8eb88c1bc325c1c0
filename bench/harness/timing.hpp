#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace bench {

using Clock = std::chrono::steady_clock;

/** Nanoseconds that an action takes. */
template <typename Action>
double Time(Action&& action) {
  const Clock::time_point start = Clock::now();
  action();
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

inline double Quantile(std::vector<double> values, double quantile) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(quantile * static_cast<double>(values.size() - 1))];
}

inline double Median(std::vector<double> values) { return Quantile(std::move(values), 0.5); }

inline double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/** Times actions that take about as long as reading the clock does: what timing nothing takes is taken off. */
class ShortTimer {
 public:
  ShortTimer() {
    std::vector<double> empty;
    for (int i = 0; i < 1'000; ++i) empty.push_back(bench::Time([] {}));
    share_ = Median(empty);
  }

  template <typename Action>
  double Time(Action&& action) const {
    return std::max(0.0, bench::Time(action) - share_);
  }

 private:
  double share_;
};

/** Leaves nothing of what was read before in the second-level cache of the processors we measured on. */
inline void EvictSecondLevelCache() {
  static std::vector<char> memory(size_t{4} << 20);
  for (size_t byte = 0; byte < memory.size(); byte += 64) ++memory[byte];
}

/** Kept alive so that no measured work can be optimised away. */
inline volatile uint32_t sink;

}  // namespace bench

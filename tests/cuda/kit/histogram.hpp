#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace verbatim::cuda::tests {

/** How often a run has to do what. */
struct Minimum {
  const char* group;
  const char* bucket;
  int64_t count;
};

/** Counts of what was compared, by whatever a suite wants to be sure of. */
class Histogram {
 public:
  void Add(const std::string& group, const std::string& bucket, int64_t count = 1) { groups_[group][bucket] += count; }

  /** A power of two and what is up to the next: "0", "1", "2-3", "4-7", and so on. */
  void AddSize(const std::string& group, int64_t size) {
    if (size < 2) return Add(group, std::to_string(size));
    int64_t low = 2;
    while (low * 2 <= size) low *= 2;
    Add(group, std::to_string(low) + "-" + std::to_string(2 * low - 1));
  }

  int64_t Count(const std::string& group, const std::string& bucket) const {
    const auto found = groups_.find(group);
    if (found == groups_.end()) return 0;
    const auto counted = found->second.find(bucket);
    return counted == found->second.end() ? 0 : counted->second;
  }

  /** Whether everything was done often enough; prints what was not. */
  bool Covers(const std::vector<Minimum>& minimums) const {
    bool covers = true;
    for (const Minimum& minimum : minimums) {
      const int64_t count = Count(minimum.group, minimum.bucket);
      if (count >= minimum.count) continue;
      std::printf("too few: %s %s: %lld instead of %lld\n", minimum.group, minimum.bucket,
                  static_cast<long long>(count), static_cast<long long>(minimum.count));
      covers = false;
    }
    return covers;
  }

  void Print() const {
    for (const auto& [group, buckets] : groups_) {
      std::printf("%s:", group.c_str());
      for (const auto& [bucket, count] : buckets) {
        std::printf(" %s=%lld", bucket.c_str(), static_cast<long long>(count));
      }
      std::printf("\n");
    }
  }

 private:
  struct ByNumberThenName {
    bool operator()(const std::string& left, const std::string& right) const {
      const long left_number = std::strtol(left.c_str(), nullptr, 10);
      const long right_number = std::strtol(right.c_str(), nullptr, 10);
      return left_number != right_number ? left_number < right_number : left < right;
    }
  };

  std::map<std::string, std::map<std::string, int64_t, ByNumberThenName>> groups_;
};

}  // namespace verbatim::cuda::tests

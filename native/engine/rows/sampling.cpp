#include "sampling.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace verbatim {
namespace {

/** Orders tokens by rank: the larger logit first, among equals the lower id. */
using RankKey = uint64_t;

constexpr uint32_t kSign = 0x8000'0000U;

RankKey KeyOf(float logit, int32_t id) {
  // The addition makes -0 equal to 0; the flips make larger floats smaller integers.
  const auto bits = std::bit_cast<uint32_t>(logit + 0.0F);
  const uint32_t descending = (bits & kSign) != 0 ? bits : ~(bits | kSign);
  return RankKey{descending} << 32 | static_cast<uint32_t>(id);
}

float LogitOf(RankKey key) {
  const auto descending = static_cast<uint32_t>(key >> 32);
  return std::bit_cast<float>((descending & kSign) != 0 ? descending : ~descending & ~kSign);
}

constexpr RankKey kLastRank = std::numeric_limits<RankKey>::max();

/** The index of the largest finite logit, the first among equals; `count` where there is none. */
size_t Largest(const Choices& choices) {
  size_t best = choices.count;
  float largest = 0;
  for (size_t i = 0; i < choices.count; ++i) {
    const float logit = choices.logit(i);
    if (std::isfinite(logit) && (best == choices.count || logit > largest)) {
      best = i;
      largest = logit;
    }
  }
  return best;
}

/**
 * The index at which the running sum of weight(0), weight(1), … first exceeds `uniform` times the total. Sums at the
 * ends of a fixed number of stretches are kept from the first pass, so that the second is over one stretch only.
 * Some weight is positive.
 */
template <typename Weight>
size_t DrawIndex(size_t count, const Weight& weight, double uniform) {
  constexpr size_t kStretches = 256;
  const size_t length = (count + kStretches - 1) / kStretches;
  std::array<double, kStretches> sums;
  double total = 0;
  size_t last_positive = 0;
  size_t stretches = 0;
  for (size_t begin = 0; begin < count; begin += length) {
    const size_t end = std::min(begin + length, count);
    for (size_t i = begin; i < end; ++i) {
      const double share = weight(i);
      if (share > 0) last_positive = i;
      total += share;
    }
    sums[stretches++] = total;
  }
  const double target = uniform * total;
  const auto sums_end = sums.begin() + static_cast<std::ptrdiff_t>(stretches);
  const auto found = std::upper_bound(sums.begin(), sums_end, target);
  // Rounding may lift the target to the total.
  if (found == sums_end) return last_positive;
  const auto stretch = static_cast<size_t>(found - sums.begin());
  double sum = stretch == 0 ? 0 : sums[stretch - 1];
  const size_t end = std::min((stretch + 1) * length, count);
  for (size_t i = stretch * length; i < end; ++i) {
    sum += weight(i);
    if (sum > target) return i;
  }
  // Only where another thread wrote to the row in between.
  return last_positive;
}

/** The key of the token that completes the nucleus: `target` is the sum of weights to reach. */
template <typename Weight>
RankKey LastOfNucleus(std::span<RankKey> keys, const Weight& weight, double target) {
  double sum = 0;
  // Ranks are needed only as far as the nucleus reaches: they are found in growing portions.
  size_t portion = std::max<size_t>(8, keys.size() / 64);
  for (size_t begin = 0; begin < keys.size(); portion *= 4) {
    const std::span<RankKey> rest = keys.subspan(begin);
    const std::span<RankKey> ranked = rest.first(std::min(portion, rest.size()));
    if (ranked.size() < rest.size()) {
      std::nth_element(rest.data(), rest.data() + ranked.size(), rest.data() + rest.size());
    }
    std::sort(ranked.begin(), ranked.end());
    for (const RankKey key : ranked) {
      sum += weight(LogitOf(key));
      if (sum >= target) return key;
    }
    begin += ranked.size();
  }
  return kLastRank;
}

/** The key of the last token that `top_k` and `top_p` leave. `keys` is room for the choices. */
template <typename Weight>
RankKey LastRank(const Choices& choices, const Sampling& sampling, const Weight& weight, std::span<RankKey> keys) {
  size_t count = 0;
  for (size_t i = 0; i < choices.count; ++i) {
    const float logit = choices.logit(i);
    if (std::isfinite(logit)) keys[count++] = KeyOf(logit, choices.id(i));
  }
  keys = keys.first(count);
  RankKey last = kLastRank;
  const auto top_k = static_cast<size_t>(sampling.top_k);
  if (top_k > 0 && top_k < keys.size()) {
    std::nth_element(keys.data(), keys.data() + (top_k - 1), keys.data() + keys.size());
    last = keys[top_k - 1];
    keys = keys.first(top_k);
  }
  if (sampling.top_p == 1) return last;
  double total = 0;
  for (size_t i = 0; i < choices.count; ++i) {
    const float logit = choices.logit(i);
    if (std::isfinite(logit) && KeyOf(logit, choices.id(i)) <= last) total += weight(logit);
  }
  return std::min(last, LastOfNucleus(keys, weight, sampling.top_p * total));
}

}  // namespace

int32_t Sample(const Choices& choices, const Sampling& sampling, double uniform) {
  const size_t best = Largest(choices);
  if (best == choices.count) return -1;
  if (sampling.temperature == 0) return choices.id(best);

  const double largest = choices.logit(best);
  const auto weight = [&](float logit) {
    return std::exp((static_cast<double>(logit) - largest) / sampling.temperature);
  };

  RankKey last = kLastRank;
  if (sampling.top_k > 0 || sampling.top_p < 1) {
    std::array<RankKey, 64> few;
    std::vector<RankKey> many;
    if (choices.count > few.size()) many.resize(choices.count);
    last = LastRank(choices, sampling, weight, many.empty() ? std::span<RankKey>(few) : std::span<RankKey>(many));
  }
  const auto share_of = [&](size_t i) {
    const float logit = choices.logit(i);
    if (!std::isfinite(logit) || KeyOf(logit, choices.id(i)) > last) return 0.0;
    const double share = weight(logit);
    return share >= sampling.min_p ? share : 0.0;
  };
  return choices.id(DrawIndex(choices.count, share_of, uniform));
}

}  // namespace verbatim

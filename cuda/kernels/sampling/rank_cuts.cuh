#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "../state/state.cuh"
#include "running_sum.cuh"
#include "shortlist.cuh"
#include "token_weights.cuh"

/**
 * The cuts by rank, top_k and then top_p: which is the last token, by rank, that they keep.
 *
 * In a shortlist, which is sorted, that is where a running sum reaches a target: of ones, or of weights. A row with
 * more tokens than a shortlist holds is first narrowed down. One pass counts its tokens by their distance from the
 * largest logit; nearly always so few are near enough that they can be listed, and the row is done with. Else the row
 * is searched for the last key: each pass halves the keys in question, until the tokens that have them can be listed.
 */

namespace verbatim::cuda {

__device__ inline bool CutsByRank(const SamplingState& sampling) { return sampling.top_k > 0 || sampling.top_p < 1; }

/** What a running sum of weights must exceed to be at least top_p times `total`; the first weight always does. */
__device__ inline uint64_t NucleusTarget(float top_p, uint64_t total) {
  const auto scaled = static_cast<uint64_t>(top_p * 0x1p64F);
  const uint64_t whole = __umul64hi(scaled, total);
  const bool has_fraction = scaled * total != 0;
  return has_fraction || whole == 0 ? whole : whole - 1;
}

/** Makes the list end with the last token that the cuts keep. `total`: what top_p is a part of; 0: what top_k keeps. */
__device__ inline Shortlist CutByRank(Shortlist list, const TokenWeights& weights, const SamplingState& sampling,
                                      uint64_t total) {
  Sort(list);
  if (sampling.top_k > 0) list.count = min(list.count, sampling.top_k);
  if (sampling.top_p == 1) return list;
  const Terms terms = {[&](int32_t i) { return list.keys[i] == kNoToken ? 0 : weights.Of(LogitOf(list.keys[i])); }};
  const int32_t last = WhereSumExceeds(
      terms, list.count, [&](uint64_t listed) { return NucleusTarget(sampling.top_p, total == 0 ? listed : total); });
  if (last != kNowhere) list.count = last + 1;
  return list;
}

/** Distances from the largest logit, from 2^-16 to 2^16 in bins that are 1/64 of a power of two wide. */
constexpr int32_t kDistanceBins = 2'048;
constexpr int32_t kBinShift = 17;
constexpr int32_t kBinsBefore = (127 - 16) << 6;

__device__ inline int32_t BinOf(float distance) {
  const int32_t bin = static_cast<int32_t>(BitsOf(distance) >> kBinShift) - kBinsBefore;
  return min(max(bin, 0), kDistanceBins - 1);
}

/** What each token in a bin weighs at least; the last bin, which has no end, is taken to have one. */
__device__ inline uint64_t LeastWeightInBin(const TokenWeights& weights, int32_t bin) {
  const float end = FloatOf(static_cast<uint32_t>(bin + 1 + kBinsBefore) << kBinShift);
  const uint64_t weight = weights.Units(weights.Share(end));
  // Less what the exponential function may be wrong by.
  return weight == 0 ? 0 : weight - (weight >> 20) - 1;
}

/** Lists a row's tokens from the first rank on as far as the cuts can reach, in any order. */
struct Nearest {
  Shortlist list;
  /** What all tokens of the row weigh; 0 where top_k cuts. */
  uint64_t total;
};

/** Shared memory for tokens by distance: [kDistanceBins]. */
__device__ inline uint32_t* BinCounts() {
  __shared__ uint32_t counts[kDistanceBins];
  return counts;
}

template <typename Format>
__device__ Nearest ListNearest(const AllowedRow<Format>& row, const TokenWeights& weights,
                               const SamplingState& sampling, RankKey* keys) {
  uint32_t* counts = BinCounts();
  for (int32_t bin = ThreadIndex(); bin < kDistanceBins; bin += BlockThreads()) counts[bin] = 0;
  __syncthreads();
  const bool cuts_by_count = sampling.top_k > 0;
  uint64_t total = 0;
  row.VisitInBlock([&](float logit, int32_t) {
    const float distance = weights.Distance(logit);
    atomicAdd(&counts[BinOf(distance)], 1U);
    if (!cuts_by_count) total += weights.Units(weights.Share(distance));
  });
  total = ReduceInBlock(total, Plus());
  const Terms least_terms = {
      [&](int32_t bin) { return cuts_by_count ? counts[bin] : counts[bin] * LeastWeightInBin(weights, bin); }};
  const int32_t last_bin = WhereSumExceeds(least_terms, kDistanceBins, [&](uint64_t) {
    return cuts_by_count ? static_cast<uint64_t>(sampling.top_k) - 1 : NucleusTarget(sampling.top_p, total);
  });
  if (last_bin == kNowhere) return {TooMany(keys), total};
  uint64_t near = 0;
  for (int32_t bin = ThreadIndex(); bin <= last_bin; bin += BlockThreads()) near += counts[bin];
  if (ReduceInBlock(near, Plus()) > kShortlistCapacity) return {TooMany(keys), total};
  const Shortlist list = ListKeys(keys, [&](const auto& add) {
    row.VisitInBlock([&](float logit, int32_t id) {
      if (BinOf(weights.Distance(logit)) <= last_bin) add(KeyOf(logit, id));
    });
  });
  return {list, total};
}

enum class RankCut { kTopK, kTopP };

/**
 * The key of the last token, by rank, that one cut keeps of a row's tokens up to `limit`; `limit` where it keeps all.
 * `keys` is room for a shortlist. A barrier.
 */
template <typename Format>
__device__ RankKey SearchRow(const AllowedRow<Format>& row, const TokenWeights& weights, const SamplingState& sampling,
                             RankCut cut, RankKey limit, RankKey* keys) {
  const auto measure = [&](float logit) { return cut == RankCut::kTopK ? 1 : weights.Of(logit); };
  // The key is in [low, high]; what keys below `low` measure is taken off the target.
  RankKey low = 0;
  RankKey high = limit;
  RankKey middle = limit;
  uint64_t left = 0;
  for (bool is_first = true;; is_first = false) {
    uint64_t sum = 0;
    int32_t in_lower = 0;
    int32_t in_upper = 0;
    row.VisitInBlock([&](float logit, int32_t id) {
      const RankKey key = KeyOf(logit, id);
      if (key < low || key > high) return;
      if (key > middle) {
        ++in_upper;
      } else {
        ++in_lower;
        sum += measure(logit);
      }
    });
    sum = ReduceInBlock(sum, Plus());
    in_lower = ReduceInBlock(in_lower, Plus());
    in_upper = ReduceInBlock(in_upper, Plus());
    if (is_first) {
      left = cut == RankCut::kTopK ? static_cast<uint64_t>(sampling.top_k) - 1 : NucleusTarget(sampling.top_p, sum);
      if (left >= sum) return limit;
    }
    const bool is_in_lower = sum > left;
    if (is_in_lower) {
      high = middle;
    } else {
      low = middle + 1;
      left -= sum;
    }
    if ((is_in_lower ? in_lower : in_upper) <= kShortlistCapacity) break;
    // Among tokens of one logit the keys in question are those of ids.
    const RankKey last_id = high >> 32 << 32 | static_cast<uint32_t>(row.vocab_size - 1);
    if (high > last_id) high = last_id;
    middle = low + (high - low) / 2;
  }
  const Shortlist list = ListKeys(keys, [&](const auto& add) {
    row.VisitInBlock([&](float logit, int32_t id) {
      const RankKey key = KeyOf(logit, id);
      if (low <= key && key <= high) add(key);
    });
  });
  Sort(list);
  const Terms terms = {[&](int32_t i) { return measure(LogitOf(keys[i])); }};
  const int32_t place = WhereSumExceeds(terms, list.count, [&](uint64_t) { return left; });
  return FromFirstThread(keys[place]);
}

/** The key of the last token of a row that the cuts keep. A barrier. */
template <typename Format>
__device__ RankKey LastKeptKey(const AllowedRow<Format>& row, const TokenWeights& weights,
                               const SamplingState& sampling, RankKey* keys) {
  RankKey last = kNoToken;
  RankCut cut = sampling.top_k > 0 ? RankCut::kTopK : RankCut::kTopP;
  while (true) {
    last = SearchRow(row, weights, sampling, cut, last, keys);
    if (cut == RankCut::kTopP || sampling.top_p == 1) return last;
    cut = RankCut::kTopP;
  }
}

}  // namespace verbatim::cuda

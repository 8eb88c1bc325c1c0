#include "../state/launch.cuh"
#include "../state/launchers.hpp"
#include "../state/rows.cuh"
#include "../steps/accept.cuh"
#include "philox.cuh"
#include "rank_cuts.cuh"

/**
 * Sampling over the allowed tokens: a token per row, drawn without having masked the logits.
 *
 * Inside a span the allowed ids are mostly few. They are listed in shared memory, and the logits of all of them are
 * read at once; no other logit is. Otherwise the row is read a few times, 16 bytes at a time.
 *
 * A draw is a function of the logits, the settings, the seed and the number of the draw, and of nothing else: weights
 * are integers (TokenWeights), so that no sum depends on the order in which threads get to it, and the random bits come
 * from a counter (Philox). The draw walks the kept tokens by ascending id and takes the first at which the sum of
 * weights exceeds the random share of their total.
 *
 * Launch: a block of kSequenceThreads per row, on the caller's stream.
 */

namespace verbatim::cuda {

constexpr int32_t kNothingToDraw = -1;
/** Threads that a multiprocessor is to hold at once, with a share of its registers for each. */
constexpr int32_t kResidentThreads = 1'024;

struct SmallestKey {
  __device__ RankKey operator()(RankKey a, RankKey b) const { return a < b ? a : b; }
};

/** How one token is drawn. */
struct DrawSettings {
  int32_t vocab_size;
  /** The sequence's own: registers are too few to hold a copy. */
  const SamplingState& sampling;

  /** What a token that the cuts by rank keep weighs after min_p. */
  __device__ uint64_t KeptWeight(const TokenWeights& weights, float logit) const {
    const float share = weights.Share(weights.Distance(logit));
    return share >= sampling.min_p ? weights.Units(share) : 0;
  }

  /** The sum of weights that the draw must exceed. */
  __device__ uint64_t Target(uint64_t total) const {
    return __umul64hi(RandomBits(sampling.seed, sampling.draws), total);
  }
};

/** Draws from the listed tokens, which are at least one. */
__device__ inline int32_t DrawListed(const DrawSettings& settings, const TokenWeights& weights, const Shortlist& list) {
  SortById(list);
  const Terms terms = {[&](int32_t i) {
    const RankKey key = SwapHalves(list.keys[i]);
    return key == kNoToken ? 0 : settings.KeptWeight(weights, LogitOf(key));
  }};
  const int32_t drawn = WhereSumExceeds(terms, list.count, [&](uint64_t total) { return settings.Target(total); });
  return IdOfKey(SwapHalves(list.keys[drawn]));
}

/** The tokens of a row up to a rank, as terms of a sum by ascending id. */
template <typename Format>
struct KeptInRow {
  const DrawSettings& settings;
  const TokenWeights& weights;
  const AllowedRow<Format>& row;
  RankKey last;

  __device__ uint64_t SumOfLane(int32_t begin, int32_t end) const {
    uint64_t sum = 0;
    row.VisitInWarp(begin, end, [&](float logit, int32_t id) {
      if (KeyOf(logit, id) <= last) sum += settings.KeptWeight(weights, logit);
    });
    return sum;
  }

  __device__ uint64_t At(int32_t position) const {
    float logit = 0;
    if (!row.Find(position, logit) || KeyOf(logit, row.IdAt(position)) > last) return 0;
    return settings.KeptWeight(weights, logit);
  }
};

template <typename Format>
__device__ int32_t DrawFromRow(const DrawSettings& settings, const TokenWeights& weights, const AllowedRow<Format>& row,
                               RankKey last) {
  const KeptInRow<Format> terms = {settings, weights, row, last};
  const auto target_of = [&](uint64_t total) { return settings.Target(total); };
  return row.IdAt(WhereSumExceeds(terms, row.positions(), target_of));
}

/** The drawn id, or kNothingToDraw. A barrier. */
template <typename Format>
__device__ int32_t Draw(const DrawSettings& settings, const AllowedRow<Format>& row) {
  RankKey* keys = ListedKeys();
  const SamplingState& sampling = settings.sampling;
  Shortlist list = TooMany(keys);
  if (row.mask != nullptr || row.vocab_size <= kShortlistCapacity) list = ListAllowed(row, keys);

  RankKey best = kNoToken;
  const auto offer = [&](RankKey key) { best = SmallestKey()(best, key); };
  if (list.Fits()) {
    for (int32_t i = ThreadIndex(); i < list.count; i += BlockThreads()) offer(keys[i]);
  } else {
    row.VisitInBlock([&](float logit, int32_t id) { offer(KeyOf(logit, id)); });
  }
  best = ReduceInBlock(best, SmallestKey());
  if (best == kNoToken) return kNothingToDraw;
  if (sampling.temperature == 0) return IdOfKey(best);

  const TokenWeights weights(LogitOf(best), sampling.temperature, settings.vocab_size);
  RankKey last = kNoToken;
  if (CutsByRank(sampling)) {
    // What top_p is a part of, where the list has not all of it.
    uint64_t total = 0;
    if (!list.Fits()) {
      const Nearest nearest = ListNearest(row, weights, sampling, keys);
      list = nearest.list;
      total = nearest.total;
    }
    if (list.Fits()) {
      list = CutByRank(list, weights, sampling, total);
    } else {
      last = LastKeptKey(row, weights, sampling, keys);
    }
  }
  return list.Fits() ? DrawListed(settings, weights, list) : DrawFromRow(settings, weights, row, last);
}

template <typename Format>
__global__ void __launch_bounds__(kSequenceThreads, kResidentThreads / kSequenceThreads)
    SampleAllowedKernel(EngineView engine, RowMap rows, const typename Format::Bits* logits, int64_t stride,
                        int32_t* tokens) {
  const auto row_index = static_cast<int32_t>(blockIdx.x);
  const int32_t sequence = ClaimSequenceOfRow(engine, rows, row_index);
  if (sequence == kNoSequence) return;
  if (engine.statuses[sequence] != VBT_SEQUENCE_OK) {
    if (ThreadIndex() == 0) tokens[row_index] = engine.end_token;
    return;
  }
  Sequence& state = engine.sequences[sequence];
  const DrawSettings settings = {engine.vocab_size, state.sampling};
  const uint32_t* mask = engine.mask_applies[sequence] != 0 ? engine.MaskOf(sequence) : nullptr;
  const int32_t token = Draw(settings, AllowedRow<Format>(logits + row_index * stride, mask, engine.vocab_size));
  // All threads have read how many draws there were.
  __syncthreads();
  if (ThreadIndex() == 0) {
    tokens[row_index] = token;
    if (token != kNothingToDraw) {
      ++state.sampling.draws;
    } else {
      Refuse(engine, sequence, VBT_SEQUENCE_NO_VALID_TOKEN);
    }
  }
  if (token != kNothingToDraw) return;
  __syncthreads();
  // No launch comes between this and a masked fill that may follow.
  ScatterMask(engine, sequence);
}

template <typename Format>
cudaError_t LaunchSampleAllowedOf(const EngineView& engine, const RowMap& rows, const LogitsView& logits,
                                  int32_t* tokens, cudaStream_t stream) {
  return Launch(SampleAllowedKernel<Format>, static_cast<unsigned>(rows.count), kSequenceThreads, stream, engine, rows,
                static_cast<const typename Format::Bits*>(logits.data), logits.stride, tokens);
}

cudaError_t LaunchSampleAllowed(const EngineView& engine, const RowMap& rows, const LogitsView& logits, int32_t* tokens,
                                cudaStream_t stream) {
  switch (logits.dtype) {
    case VBT_FLOAT32:
      return LaunchSampleAllowedOf<Float32>(engine, rows, logits, tokens, stream);
    case VBT_FLOAT16:
      return LaunchSampleAllowedOf<Float16>(engine, rows, logits, tokens, stream);
    case VBT_BFLOAT16:
      return LaunchSampleAllowedOf<Bfloat16>(engine, rows, logits, tokens, stream);
  }
  return cudaErrorInvalidValue;
}

}  // namespace verbatim::cuda

#pragma once

#include "../state/context_index.cuh"
#include "../state/rows.cuh"
#include "../state/sequence_tokens.cuh"
#include "../state/span_scope.cuh"

/**
 * The suffix-candidate filter (RecaLLM, section 3.1): S_{k+1} from S_k and the token that was accepted.
 *
 * One block works on one sequence. At depth 0 every searchable position is a candidate and none is stored: the block
 * copies the positions of the token from the context's index, and scans what the sequence has of its own. From depth 1
 * on it looks at each candidate's next token and moves those that match to the front. Nothing is dropped: S_k stays the
 * first |S_k| entries for every depth passed, so that going back in a span is going back to a count.
 *
 * Launch: a block of kSequenceThreads per row. Every thread of a block calls the functions and gets what they return.
 */

namespace verbatim::cuda {

/** Writes S_1, the positions where a quote may begin with `id`, and returns how many there are. */
__device__ inline int32_t FirstCandidates(const Sequence& sequence, const SpanRecord& span, int32_t id) {
  __shared__ int32_t count;
  const Bucket bucket = FindBucket(sequence.context, id);
  const int32_t indexed = bucket.end - bucket.begin;
  const bool searches_all = span.scope.range_count == 0;
  if (ThreadIndex() == 0) count = searches_all ? indexed : 0;
  __syncthreads();
  for (int32_t i = ThreadIndex(); i < indexed; i += BlockThreads()) {
    const int32_t position = sequence.context.positions[bucket.begin + i];
    if (searches_all) {
      sequence.survivors[i] = position;
    } else if (position < SearchEnd(span, position)) {
      sequence.survivors[atomicAdd(&count, 1)] = position;
    }
  }

  const auto consider = [&](TokenWord word, int32_t own) {
    if (!Begins(word, id)) return;
    const int32_t position = sequence.context.length + own;
    if (position < SearchEnd(span, position)) sequence.survivors[atomicAdd(&count, 1)] = position;
  };
  // Four loads of four tokens are under way at once in each thread: the scan then runs at the speed of memory.
  constexpr int32_t kLoads = 4;
  constexpr int32_t kWords = 4;
  const int32_t searched = span.opened_at - sequence.context.length;
  const int32_t vectors = searched / kWords;
  const auto* own_vectors = reinterpret_cast<const uint4*>(sequence.own);
  for (int32_t begin = ThreadIndex(); begin < vectors; begin += kLoads * BlockThreads()) {
    uint4 words[kLoads];
#pragma unroll
    for (int32_t load = 0; load < kLoads; ++load) {
      const int32_t index = begin + load * BlockThreads();
      words[load] = index < vectors ? own_vectors[index] : make_uint4(~0U, ~0U, ~0U, ~0U);
    }
#pragma unroll
    for (int32_t load = 0; load < kLoads; ++load) {
      const int32_t own = (begin + load * BlockThreads()) * kWords;
      consider(words[load].x, own);
      consider(words[load].y, own + 1);
      consider(words[load].z, own + 2);
      consider(words[load].w, own + 3);
    }
  }
  const int32_t rest = vectors * kWords + ThreadIndex();
  if (rest < searched) consider(sequence.own[rest], rest);
  __syncthreads();
  const int32_t total = count;
  __syncthreads();
  return total;
}

/** Moves those of the first `count` candidates that go on with `id` to the front, and returns how many there are. */
__device__ inline int32_t ContinuingCandidates(const Sequence& sequence, const SpanRecord& span, int32_t depth,
                                               int32_t count, int32_t id) {
  constexpr int32_t kCandidatesPerThread = 4;
  int32_t* survivors = sequence.survivors;
  // Before each round: [0, kept) match, [kept, begin) do not, the rest has not been looked at.
  int32_t kept = 0;
  for (int32_t tile = 0; tile < count; tile += kCandidatesPerThread * BlockThreads()) {
    int32_t candidates[kCandidatesPerThread];
    bool matches[kCandidatesPerThread];
#pragma unroll
    for (int32_t round = 0; round < kCandidatesPerThread; ++round) {
      const int32_t index = tile + round * BlockThreads() + ThreadIndex();
      candidates[round] = index < count ? survivors[index] : -1;
    }
#pragma unroll
    for (int32_t round = 0; round < kCandidatesPerThread; ++round) {
      const int32_t candidate = candidates[round];
      const int32_t next = candidate + depth;
      matches[round] = candidate >= 0 && next < SearchEnd(span, candidate) && ContinuesWith(WordAt(sequence, next), id);
    }
#pragma unroll
    for (int32_t round = 0; round < kCandidatesPerThread; ++round) {
      const int32_t begin = tile + round * BlockThreads();
      if (begin >= count) break;
      const BlockRank match = RankInBlock(matches[round]);
      if (match.total == 0) continue;
      // The matches take the places of the first entries that did not match. Those go behind them, after this round's.
      const int32_t size = min(BlockThreads(), count - begin);
      const int32_t displaced = min(match.total, begin - kept);
      const int32_t free_from = max(begin, kept + match.total);
      const int32_t moved = ThreadIndex() < displaced ? survivors[kept + ThreadIndex()] : -1;
      __syncthreads();
      if (matches[round]) {
        survivors[kept + match.rank] = candidates[round];
      } else if (ThreadIndex() < size) {
        survivors[free_from + ThreadIndex() - match.rank] = candidates[round];
      }
      if (ThreadIndex() < displaced) survivors[free_from + size - match.total + ThreadIndex()] = moved;
      kept += match.total;
      __syncthreads();
    }
  }
  return kept;
}

/**
 * Advances the open span's candidates from `depth` by one token. Returns |S_{depth + 1}|; where that is 0 the span's
 * candidates are what they were.
 */
__device__ inline int32_t SuffixFilter(const EngineView& engine, int32_t sequence, const SpanRecord& span,
                                       int32_t depth, int32_t id) {
  const Sequence& state = engine.sequences[sequence];
  int32_t* counts = engine.SurvivorCountsOf(sequence);
  const int32_t count =
      depth == 0 ? FirstCandidates(state, span, id) : ContinuingCandidates(state, span, depth, counts[depth], id);
  __syncthreads();
  if (ThreadIndex() == 0) counts[depth + 1] = count;
  __syncthreads();
  return count;
}

}  // namespace verbatim::cuda

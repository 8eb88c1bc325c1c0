#include "../state/launch.cuh"
#include "../state/launchers.hpp"
#include "../state/rows.cuh"
#include "continuations.cuh"

/**
 * Drafts: the tokens that the candidates of an open span go on with.
 *
 * One block per row. The draft follows one candidate, the leader: the latest that goes on at all, or one of those that
 * go on longest. In the second case the block then finds the first place where another candidate goes on with another
 * token; since the leader goes on longest, that is where agreement ends.
 *
 * Launch: a block of kSequenceThreads per row, on the caller's stream.
 */

namespace verbatim::cuda {

/** The open span of a sequence as a draft sees it. */
struct DraftView {
  const Sequence& sequence;
  const SpanRecord& span;
  int32_t depth;
  /** Tokens that a draft may have. */
  int32_t max;

  /** Whether a quote goes on from `candidate` with one more token than `drafted`. */
  __device__ bool GoesOn(int32_t candidate, int32_t drafted) const {
    const int32_t next = candidate + depth + drafted;
    if (next >= SearchEnd(span, candidate)) return false;
    const TokenWord word = WordAt(sequence, next);
    return depth + drafted == 0 ? IsSearchable(word) : Continues(word);
  }

  __device__ int32_t IdAfter(int32_t candidate, int32_t drafted) const {
    return IdOf(WordAt(sequence, candidate + depth + drafted));
  }
};

/** Calls `visit(candidate)` for every candidate; at depth 0 those are all positions. No barrier. */
template <typename Visit>
__device__ void VisitCandidates(const EngineView& engine, int32_t sequence, const DraftView& view, const Visit& visit) {
  const bool at_start = view.depth == 0;
  const int32_t count = at_start ? view.span.opened_at : engine.SurvivorCountsOf(sequence)[view.depth];
  for (int32_t i = ThreadIndex(); i < count; i += BlockThreads()) visit(at_start ? i : view.sequence.survivors[i]);
}

struct Largest {
  __device__ int64_t operator()(int64_t a, int64_t b) const { return a > b ? a : b; }
};
struct Smallest {
  __device__ int64_t operator()(int64_t a, int64_t b) const { return a < b ? a : b; }
};

constexpr int64_t kNoLeader = -1;

/** The latest candidate that goes on. A barrier. */
__device__ inline int64_t LatestLeader(const EngineView& engine, int32_t sequence, const DraftView& view) {
  int64_t latest = kNoLeader;
  VisitCandidates(engine, sequence, view, [&](int32_t candidate) {
    if (candidate > latest && view.GoesOn(candidate, 0)) latest = candidate;
  });
  return ReduceInBlock(latest, Largest());
}

/** Whether all candidates that go on do so with the same token. A barrier. */
__device__ inline bool AgreesAtFirst(const EngineView& engine, int32_t sequence, const DraftView& view) {
  int64_t smallest = kIdMask;
  int64_t largest = 0;
  VisitCandidates(engine, sequence, view, [&](int32_t candidate) {
    if (!view.GoesOn(candidate, 0)) return;
    smallest = Smallest()(smallest, view.IdAfter(candidate, 0));
    largest = Largest()(largest, view.IdAfter(candidate, 0));
  });
  return ReduceInBlock(smallest, Smallest()) == ReduceInBlock(largest, Largest());
}

/** A candidate that goes on longest. A barrier. */
__device__ inline int64_t LongestLeader(const EngineView& engine, int32_t sequence, const DraftView& view) {
  int64_t longest = kNoLeader;
  VisitCandidates(engine, sequence, view, [&](int32_t candidate) {
    int32_t length = 0;
    while (length < view.max && view.GoesOn(candidate, length)) ++length;
    // The length above the position, so that one comparison orders both.
    if (length > 0) longest = Largest()(longest, int64_t{length} << 32 | candidate);
  });
  longest = ReduceInBlock(longest, Largest());
  return longest == kNoLeader ? kNoLeader : longest & 0xffffffff;
}

/** How far all candidates agree with the leader. A barrier. */
__device__ inline int32_t Agreement(const EngineView& engine, int32_t sequence, const DraftView& view, int32_t leader) {
  int64_t agreed = view.max;
  VisitCandidates(engine, sequence, view, [&](int32_t candidate) {
    for (int32_t length = 0; length < agreed && view.GoesOn(candidate, length); ++length) {
      if (view.IdAfter(candidate, length) != view.IdAfter(leader, length)) agreed = length;
    }
  });
  return static_cast<int32_t>(ReduceInBlock(agreed, Smallest()));
}

/** Writes the draft of a sequence to `tokens` and returns its length in every thread. A barrier. */
__device__ inline int32_t DraftSequence(const EngineView& engine, int32_t sequence, const DraftOutput& output,
                                        int32_t* tokens) {
  const Sequence& state = engine.sequences[sequence];
  if (engine.statuses[sequence] != VBT_SEQUENCE_OK || state.in_span == 0) return 0;
  const SpanRecord& span = LastSpan(engine, sequence);
  const int32_t depth = Depth(state, span);
  const DraftView view = {state, span, depth, min(output.max, engine.max_span_tokens - depth)};
  int32_t limit = view.max;
  int64_t leader = kNoLeader;
  if (output.follows_latest != 0) {
    leader = LatestLeader(engine, sequence, view);
  } else if (AgreesAtFirst(engine, sequence, view)) {
    leader = LongestLeader(engine, sequence, view);
    if (leader != kNoLeader) limit = Agreement(engine, sequence, view, static_cast<int32_t>(leader));
  }
  if (leader == kNoLeader) return 0;
  int32_t length = 0;
  if (ThreadIndex() == 0) {
    const auto position = static_cast<int32_t>(leader);
    while (length < limit && view.GoesOn(position, length)) {
      const int32_t id = view.IdAfter(position, length);
      if (IsClosing(span.scope, id)) break;
      tokens[length++] = id;
    }
  }
  return FromFirstThread(length);
}

__global__ void __launch_bounds__(kSequenceThreads) DraftKernel(EngineView engine, RowMap rows, DraftOutput output) {
  const auto row = static_cast<int32_t>(blockIdx.x);
  const int32_t sequence = SequenceOfRow(engine, rows, row);
  int32_t length = 0;
  if (sequence != kNoSequence) {
    length = DraftSequence(engine, sequence, output, output.tokens + static_cast<int64_t>(row) * output.max);
  } else if (ThreadIndex() == 0) {
    CountBadRow(engine, rows, row);
  }
  if (ThreadIndex() == 0) output.counts[row] = length;
}

cudaError_t LaunchDraft(const EngineView& engine, const RowMap& rows, const DraftOutput& output, cudaStream_t stream) {
  return Launch(DraftKernel, static_cast<unsigned>(rows.count), kSequenceThreads, stream, engine, rows, output);
}

}  // namespace verbatim::cuda

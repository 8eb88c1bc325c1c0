#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "../sampling/logits.cuh"
#include "state.cuh"

/**
 * The kernels' launchers, one file of kernels each. A launcher enqueues on `stream` and returns; what it returns is
 * whether the launch itself was accepted. Device memory is the caller's; shapes are in brackets.
 */

namespace verbatim::cuda {

/** A portion of an append. */
struct AppendPortion {
  /** [count], device memory. */
  const int32_t* tokens;
  int32_t count;
  /** Tokens of the append from this portion on: they fit all, or none of them joins. */
  int32_t remaining;
  int32_t is_first;
  /** As in vbt_append. */
  uint32_t flags;
};

constexpr int32_t kTokensPerLaunch = 512;

/** Tokens that travel as a kernel's parameter: the host's memory is free again as soon as the launch is enqueued. */
struct TokenPortion {
  int32_t count;
  int32_t tokens[kTokensPerLaunch];
};

/** Where the drafts of a batch go, and how they are chosen. */
struct DraftOutput {
  /** Tokens that a draft may have. */
  int32_t max;
  /** 0: all candidates agree on the draft; otherwise it follows the latest. */
  int32_t follows_latest;
  /** [rows, max] */
  int32_t* tokens;
  /** [rows] */
  int32_t* counts;
};

// sequence_lifetime.cu
cudaError_t LaunchOpen(const EngineView& engine, int32_t sequence, const Sequence& state, cudaStream_t stream);
cudaError_t LaunchClose(const EngineView& engine, int32_t sequence, cudaStream_t stream);
/** `own` and `survivors` are the copy's memory, as large as the original's. */
cudaError_t LaunchFork(const EngineView& engine, int32_t original, int32_t copy, TokenWord* own, int32_t* survivors,
                       cudaStream_t stream);
cudaError_t LaunchClearStatus(const EngineView& engine, int32_t sequence, cudaStream_t stream);
cudaError_t LaunchSetSampling(const EngineView& engine, int32_t sequence, const SamplingState& sampling,
                              cudaStream_t stream);

// append.cu
cudaError_t LaunchAppend(const EngineView& engine, int32_t sequence, const AppendPortion& portion, cudaStream_t stream);

// stage_tokens.cu
/** `destination`: [portion.count] */
cudaError_t LaunchStageTokens(const TokenPortion& portion, int32_t* destination, cudaStream_t stream);

// suffix_filter.cu
/**
 * The filter alone, for measurements: the candidates of each row's open span at its depth go through tokens[row] as if
 * it were accepted, and |S_{k + 1}| is noted; the sequence does not advance.
 */
cudaError_t LaunchSuffixFilter(const EngineView& engine, const RowMap& rows, const int32_t* tokens,
                               cudaStream_t stream);

// accept.cu
/** `tokens`: [rows.count] */
cudaError_t LaunchAccept(const EngineView& engine, const RowMap& rows, const int32_t* tokens, cudaStream_t stream);
/** The same, and the masks of the rows. */
cudaError_t LaunchStep(const EngineView& engine, const RowMap& rows, const int32_t* tokens, cudaStream_t stream);

// mask_scatter.cu
/** The masks of all open sequences that are stale. */
cudaError_t LaunchMaskScatter(const EngineView& engine, cudaStream_t stream);

// programmatic_spans.cu
cudaError_t LaunchBeginSpan(const EngineView& engine, int32_t sequence, const SpanScope& scope, cudaStream_t stream);
cudaError_t LaunchEndSpan(const EngineView& engine, int32_t sequence, cudaStream_t stream);

// truncate.cu
cudaError_t LaunchTruncate(const EngineView& engine, int32_t sequence, int32_t length, cudaStream_t stream);
/** `counts`: [rows.count] */
cudaError_t LaunchRollback(const EngineView& engine, const RowMap& rows, const int32_t* counts, cudaStream_t stream);
cudaError_t LaunchReset(const EngineView& engine, int32_t sequence, cudaStream_t stream);

// draft.cu
cudaError_t LaunchDraft(const EngineView& engine, const RowMap& rows, const DraftOutput& output, cudaStream_t stream);

// masked_fill.cu
/** Masks are current. */
cudaError_t LaunchMaskedFill(const EngineView& engine, const RowMap& rows, const LogitsView& logits, float mask_value,
                             cudaStream_t stream);

// sample_allowed.cu
/** Masks are current. `tokens`: [rows.count] */
cudaError_t LaunchSampleAllowed(const EngineView& engine, const RowMap& rows, const LogitsView& logits, int32_t* tokens,
                                cudaStream_t stream);

}  // namespace verbatim::cuda

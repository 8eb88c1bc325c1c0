#include "../sampling/float_formats.cuh"
#include "../state/launch.cuh"
#include "../state/launchers.hpp"
#include "../state/rows.cuh"
#include "allowed_columns.cuh"

/**
 * The masked fill: every logit that is not allowed gets the mask value, and none is read.
 *
 * A warp fills a window of 1,024 columns. Windows begin at addresses aligned to 16 bytes, the first one therefore up to
 * 15 bytes before its row. Lane i loads the mask of 32 columns, the i-th of the window; then, 16 bytes at a time, every
 * lane takes the bits of its vector from the lane that has them. A vector that is masked as a whole is one store, and
 * any other one is stored entry by entry, where columns outside the row count as allowed.
 *
 * Launch: a grid of rows x windows, on the caller's stream.
 */

namespace verbatim::cuda {

constexpr int32_t kWindowColumns = kWarpThreads * kWordBits;
constexpr int32_t kMostFillWarps = 8;
/** Blocks for one row; in a wider row each warp fills several windows. */
constexpr unsigned kMostBlocksOfRow = 256;

/** Entries as bits, in rows of `width`, `stride` apart. */
template <typename Entry>
struct MaskedRows {
  Entry* entries;
  int32_t width;
  int64_t stride;
  Entry mask_value;
};

/** Masks a window, which is aligned to 16 bytes; bit i of `kept` stands for its column 32 * Lane() + i. */
template <typename Entry>
__device__ void FillWindow(Entry* window, uint32_t kept, Entry mask_value) {
  constexpr int32_t kVectorEntries = sizeof(uint4) / sizeof(Entry);
  constexpr int32_t kVectorsOfWord = kWordBits / kVectorEntries;
  constexpr int32_t kVectorsOfLane = kWindowColumns / kVectorEntries / kWarpThreads;
  const uint32_t pair = sizeof(Entry) == sizeof(uint32_t) ? mask_value : mask_value * 0x1'0001U;
  const uint4 masked = make_uint4(pair, pair, pair, pair);
  Entry* vector = window + Lane() * kVectorEntries;
  constexpr int32_t kStep = kWarpThreads * kVectorEntries;
  if (__any_sync(kWholeWarp, kept != 0) == 0) {
    for (int32_t i = 0; i < kVectorsOfLane; ++i) *reinterpret_cast<uint4*>(vector + i * kStep) = masked;
    return;
  }
  for (int32_t i = 0; i < kVectorsOfLane; ++i) {
    const uint32_t word = __shfl_sync(kWholeWarp, kept, i * kVectorEntries + Lane() / kVectorsOfWord);
    const uint32_t bits = word >> (Lane() % kVectorsOfWord * kVectorEntries) & ((1U << kVectorEntries) - 1);
    if (bits == 0) {
      *reinterpret_cast<uint4*>(vector + i * kStep) = masked;
      continue;
    }
    for (int32_t entry = 0; entry < kVectorEntries; ++entry) {
      if ((bits >> entry & 1) == 0) vector[i * kStep + entry] = mask_value;
    }
  }
}

template <typename Entry>
__global__ void __launch_bounds__(kMostFillWarps* kWarpThreads, 4)
    MaskedFillKernel(EngineView engine, RowMap rows, MaskedRows<Entry> logits) {
  const auto row_index = static_cast<int32_t>(blockIdx.x);
  const int32_t sequence = SequenceOfRow(engine, rows, row_index);
  if (sequence == kNoSequence) {
    if (blockIdx.y == 0 && ThreadIndex() == 0) CountBadRow(engine, rows, row_index);
    return;
  }
  if (engine.mask_applies[sequence] == 0) return;
  Entry* row = logits.entries + row_index * logits.stride;
  const int32_t skipped = EntriesAfterAlignment(row);
  const uint32_t* mask = engine.MaskOf(sequence);
  const int64_t stride = static_cast<int64_t>(gridDim.y) * Warps();
  for (int64_t window = static_cast<int64_t>(blockIdx.y) * Warps() + Warp();; window += stride) {
    const int64_t start = window * kWindowColumns - skipped;
    if (start >= logits.width) break;
    const int64_t of_lane = start + Lane() * kWordBits;
    uint32_t kept = ~0U;
    if (of_lane < logits.width) {
      const auto first = static_cast<int32_t>(of_lane);
      kept = AllowedColumns<kWordBits>(mask, engine.vocab_size, first) | ~ColumnsBelow<kWordBits>(logits.width, first);
    }
    FillWindow(row + start, kept, logits.mask_value);
  }
}

template <typename Format>
cudaError_t LaunchMaskedFillOf(const EngineView& engine, const RowMap& rows, const LogitsView& logits, float mask_value,
                               cudaStream_t stream) {
  using Entry = typename Format::Bits;
  const MaskedRows<Entry> masked_rows = {static_cast<Entry*>(logits.data), logits.width, logits.stride,
                                         Format::FromFloat(mask_value)};
  // Where the row is not aligned there may be one more, for which a warp goes round again.
  const auto windows = (static_cast<unsigned>(logits.width) + kWindowColumns - 1) / kWindowColumns;
  // Small batches spread over as many multiprocessors as they can; large ones spend less on starting blocks.
  constexpr uint64_t kWarpsOfSmallBatch = 2'048;
  const bool is_small = static_cast<uint64_t>(windows) * static_cast<uint64_t>(rows.count) <= kWarpsOfSmallBatch;
  const unsigned warps = is_small ? 1 : min(windows, static_cast<unsigned>(kMostFillWarps));
  const unsigned height = min((windows + warps - 1) / warps, kMostBlocksOfRow);
  const dim3 grid(static_cast<unsigned>(rows.count), height);
  return Launch(MaskedFillKernel<Entry>, grid, static_cast<int>(warps) * kWarpThreads, stream, engine, rows,
                masked_rows);
}

cudaError_t LaunchMaskedFill(const EngineView& engine, const RowMap& rows, const LogitsView& logits, float mask_value,
                             cudaStream_t stream) {
  switch (logits.dtype) {
    case VBT_FLOAT32:
      return LaunchMaskedFillOf<Float32>(engine, rows, logits, mask_value, stream);
    case VBT_FLOAT16:
      return LaunchMaskedFillOf<Float16>(engine, rows, logits, mask_value, stream);
    case VBT_BFLOAT16:
      return LaunchMaskedFillOf<Bfloat16>(engine, rows, logits, mask_value, stream);
  }
  return cudaErrorInvalidValue;
}

}  // namespace verbatim::cuda

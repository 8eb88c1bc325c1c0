#include "../state/launch.cuh"
#include "../state/launchers.hpp"
#include "mask_scatter.cuh"

namespace verbatim::cuda {

/** The masks of all open sequences that are stale. Launch: a block per sequence. */
__global__ void __launch_bounds__(kSequenceThreads) MaskScatterKernel(EngineView engine) {
  const auto sequence = static_cast<int32_t>(blockIdx.x);
  if (engine.mask_is_stale[sequence] != 0 && engine.sequences[sequence].is_live != 0) ScatterMask(engine, sequence);
}

cudaError_t LaunchMaskScatter(const EngineView& engine, cudaStream_t stream) {
  return Launch(MaskScatterKernel, static_cast<unsigned>(engine.max_sequences), kSequenceThreads, stream, engine);
}

}  // namespace verbatim::cuda

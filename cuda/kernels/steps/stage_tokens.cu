#include "../state/block.cuh"
#include "../state/launch.cuh"
#include "../state/launchers.hpp"

namespace verbatim::cuda {

/** Writes a portion to device memory. Launch: one block of kTokensPerLaunch threads. */
__global__ void __launch_bounds__(kTokensPerLaunch) StageTokensKernel(TokenPortion portion, int32_t* destination) {
  if (ThreadIndex() < portion.count) destination[ThreadIndex()] = portion.tokens[ThreadIndex()];
}

cudaError_t LaunchStageTokens(const TokenPortion& portion, int32_t* destination, cudaStream_t stream) {
  return Launch(StageTokensKernel, 1, kTokensPerLaunch, stream, portion, destination);
}

}  // namespace verbatim::cuda

#include "launch.hpp"

#include "calls.hpp"
#include "counters.hpp"
#include "devices.hpp"
#include "streams.hpp"

namespace cuda_on_cpu {
namespace {

constexpr unsigned kMaxGridSide = 65535;

bool IsValid(dim3 grid, dim3 block) {
  if (block.x == 0 || block.y == 0 || block.z == 0 || block.x > kMaxBlockThreads || block.y > kMaxBlockThreads ||
      block.z > 64 || block.x * block.y * block.z > kMaxBlockThreads) {
    return false;
  }
  return grid.x > 0 && grid.x <= 0x7fffffffU && grid.y > 0 && grid.y <= kMaxGridSide && grid.z > 0 &&
         grid.z <= kMaxGridSide;
}

bool IsSupported(const cudaLaunchAttribute& attribute) {
  switch (attribute.id) {
    case cudaLaunchAttributeCooperative:
      return attribute.val.cooperative == 0;
    case cudaLaunchAttributeClusterDimension:
      return attribute.val.clusterDim.x == 1 && attribute.val.clusterDim.y == 1 && attribute.val.clusterDim.z == 1;
    default:
      return true;
  }
}

}  // namespace

cudaError_t Launch(const cudaLaunchConfig_t& config, std::shared_ptr<const KernelCall> call) {
  return Call([&] {
    if (const cudaError_t error = TakeFailure(CUDA_ON_CPU_LAUNCH); error != cudaSuccess) return error;
    CUstream_st* const stream = FindStream(config.stream);
    if (stream == nullptr || stream->device != CurrentDevice()) return cudaErrorInvalidResourceHandle;
    if (!IsValid(config.gridDim, config.blockDim)) return cudaErrorInvalidConfiguration;
    if (config.dynamicSmemBytes != 0) return cudaErrorNotSupported;
    for (unsigned i = 0; i < config.numAttrs; ++i) {
      if (!IsSupported(config.attrs[i])) return cudaErrorNotSupported;
    }
    const cudaError_t error =
        Enqueue(*stream, [call, grid = config.gridDim, block = config.blockDim] { RunGrid(*call, grid, block); });
    if (error == cudaSuccess) ++counters.launches;
    return error;
  });
}

}  // namespace cuda_on_cpu
